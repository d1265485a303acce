package cli

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// units of sizes, in the order in which a size is written with the largest that fits.
var units = []struct {
	name  string
	bytes int64
}{{"GB", 1 << 30}, {"MB", 1 << 20}, {"KB", 1 << 10}, {"B", 1}}

// parseSize reads a size such as "64MB", "64 MiB", "1.5g" or "1000" into bytes. K, M and G are powers of 1024.
func parseSize(text string) (int64, error) {
	number := strings.TrimRight(strings.ToUpper(strings.TrimSpace(text)), "BI ")
	factor := int64(1)
	for _, u := range units[:3] {
		if n, ok := strings.CutSuffix(number, u.name[:1]); ok {
			number, factor = strings.TrimSpace(n), u.bytes
			break
		}
	}
	value, err := strconv.ParseFloat(number, 64)
	if err != nil || !(value > 0) || value*float64(factor) > math.MaxInt64/2 {
		return 0, fmt.Errorf("%q is not a size; write it as 64MB, 500KB or 1GB", text)
	}
	return int64(value * float64(factor)), nil
}

// formatSize writes bytes as parseSize reads them.
func formatSize(bytes int64) string {
	for _, u := range units {
		if bytes >= u.bytes && bytes%u.bytes == 0 {
			return strconv.FormatInt(bytes/u.bytes, 10) + u.name
		}
	}
	return strconv.FormatInt(bytes, 10) + "B"
}
