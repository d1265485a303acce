package main

import (
	"time"

	natsd "github.com/nats-io/nats-server/v2/server"
	"github.com/rogpeppe/go-internal/testscript"
)

// queueServer is "queue NAME [PASSWORD]": starts a NATS server with JetStream and sets $NAME to its address. With PASSWORD it lets in the
// user me with that alone; the address holds neither.
func queueServer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 || len(args) > 2 {
		ts.Fatalf("usage: queue NAME [PASSWORD]")
	}
	opt := &natsd.Options{Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: ts.MkAbs(args[0] + ".queue"), NoSigs: true, NoLog: true}
	if len(args) == 2 {
		opt.Username, opt.Password = "me", args[1]
	}
	s, err := natsd.NewServer(opt)
	ts.Check(err)
	s.Start()
	ts.Defer(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	if !s.ReadyForConnections(10 * time.Second) {
		ts.Fatalf("the server does not begin")
	}
	ts.Setenv(args[0], s.ClientURL())
}
