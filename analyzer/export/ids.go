package export

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"

	"whatif/analyzer/render"
)

// namespace is that of the UUIDs: the version 5 UUID of the name "whatif" in the namespace of URLs. It never changes.
var namespace = [16]byte{0xad, 0x6a, 0xc7, 0x2d, 0xa0, 0x6b, 0x51, 0x29, 0xaf, 0xfc, 0x2b, 0xb3, 0xd9, 0x83, 0x2f, 0x37}

// uuid returns the version 5 UUID (RFC 9562) of a name: the same for the same finding in every run.
func uuid(name string) string {
	h := sha1.New()
	h.Write(namespace[:])
	h.Write([]byte(name))
	b := h.Sum(nil)[:16]
	b[6], b[8] = b[6]&0x0f|0x50, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// partyID returns the id of a party: that of the draft, or one made from its name where the draft only names it.
func partyID(p render.Party) string {
	if p.ID != "" {
		return p.ID
	}
	sum := sha1.Sum([]byte(p.Name))
	return "X-" + hex.EncodeToString(sum[:3])
}

// requirementID returns the id of a finding's requirement, counted from 0.
func requirementID(finding string, i int) string { return fmt.Sprintf("%s-R%d", finding, i+1) }
