spec_version = "0.8.0"

threatmodel "Gift links" {
  description = "Draft threat model of docs/gift-links.md, made by whatif 1.0.0. A person has to judge it: every finding cites the sentence it stands on."
  author = "whatif 1.0.0"
  created_at = 1769860800
  additional_attribute "document" {
    value = "docs/gift-links.md"
  }
  additional_attribute "document_sha256" {
    value = "9f3c9f3c9f3c9f3c9f3c9f3c9f3c9f3c9f3c9f3c9f3c9f3c9f3c9f3c9f3c9f3c"
  }
  additional_attribute "framework" {
    value = "product-manager/1"
  }
  information_asset "gift link" {
    description = "credential. “A customer sends a link to a friend by SMS.” (line 3, 3 Sharing)"
    information_classification = "Restricted"
    source = "A-000001"
  }
  information_asset "mobile number" {
    description = "personal. “The friend's mobile number is kept for a year.” (line 4, 3 Sharing)"
    information_classification = "Confidential"
    source = "A-000002"
  }
  usecase {
    description = "customer sends a gift"
  }
  threat "A forwarded link opens for anyone" {
    description = "What if the link is passed on?\nWho gains: Whoever gets it\nWhat they gain: The gift\nFor users: The gift is gone.\nFor the business: It pays twice.\nFor its name: “My gift was stolen.”\nThe document says: “Anyone with the link can open the gift.” (line 7, 3 Sharing)\nThe document does not say: a check of who opens it (searched for: sign in, log in)\nPriority: high. Anyone could do it.\nDecision: accepted, by Ana: Ticket 7.\nId: T-000001"
    impacts = ["Confidentiality"]
    stride = ["Info Disclosure", "Spoofing"]
    information_asset_refs = ["gift link"]
    control "link expiry" {
      description = "Links expire after 7 days."
      implementation_notes = "The document states it. “Links expire after 7 days.” (line 8, 3 Sharing)"
      implemented = false
    }
    control "T-000001-R1" {
      description = "Ask who it is before a gift opens. Given a link that was passed on, when somebody else opens it, then the gift stays closed. The first use is told to the sender."
      implementation_notes = "Suggested; the document does not state it."
      implemented = false
    }
  }
  exclusion {
    description = "An agent looks up a buyer (T-000002): rejected, already handled, by Bo: Staff roles; see ADR 3."
  }
  threat "Twilio is down on a holiday" {
    description = "The document says: “We use Twilio.” (line 5, 3 Sharing)\nPriority: low.\nDecision: accepted, risk accepted, by Bo\nId: T-000003"
    impacts = ["Availability"]
    stride = ["Denial Of Service"]
  }
  threat "=Somebody sends <b>spam</b> & \u0024{more}" {
    description = "What if a program sends 10,000?\nThe document says: “A customer sends a link to a friend by SMS.” (line 3, 3 Sharing)\nPriority: low.\nId: T-000004"
    control "T-000004-R1" {
      description = "Limit it. Given 10 gifts today, when another is sent, then it is refused."
      implementation_notes = "Suggested; the document does not state it."
      implemented = false
    }
  }
  third_party_dependency "Twilio" {
    description = "Sends SMS. “We use Twilio.” (line 5, 3 Sharing)"
    uptime_dependency = "degraded"
    uptime_notes = "No link arrives."
  }
  data_flow_diagram_v2 "Data flows" {
    trust_zone "People" {
      external_element "customer" {}
      external_element "friend" {}
    }
    trust_zone "Staff" {
      external_element "support agent" {}
    }
    trust_zone "The product" {
      process "The product" {}
    }
    trust_zone "Outside the company" {
      external_element "Twilio" {}
    }
    flow "mobile number" {
      from = "customer"
      to = "The product"
    }
    flow "gift link, mobile number" {
      from = "The product"
      to = "Twilio"
    }
    flow "gift link" {
      from = "The product"
      to = "friend"
    }
  }
}
