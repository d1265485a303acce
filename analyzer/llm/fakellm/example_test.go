package fakellm_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"whatif/analyzer/llm/fakellm"
)

// A server that is busy once, and then answers what the script says.
func ExampleStart() {
	url, server, stop, err := fakellm.Start(fakellm.Script{Rules: []fakellm.Rule{
		{Times: 1, Fault: fakellm.Fault{Kind: "429"}},
		{When: fakellm.When{UserContains: fakellm.Words{"capital"}}, Reply: "Paris"},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer stop()
	for range 2 {
		body := `{"model": "any", "messages": [{"role": "user", "content": "The capital of France?"}]}`
		resp, err := http.Post(url+"/chat/completions", "application/json", strings.NewReader(body))
		if err != nil {
			fmt.Println(err)
			return
		}
		answer, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		fmt.Println(resp.StatusCode, strings.Contains(string(answer), "Paris"))
	}
	http.DefaultClient.CloseIdleConnections()
	fmt.Printf("%d requests, %d fault\n", server.Stats().Requests, server.Stats().Faults)
	// Output:
	// 429 false
	// 200 true
	// 2 requests, 1 fault
}
