Feature: Gift links: what must not be possible
  Draft threat model of docs/gift-links.md, made by whatif 1.0.0. A person has to judge it: every finding cites the sentence it stands on.

  Rule: A forwarded link opens for anyone
    - What if the link is passed on?
    - “Anyone with the link can open the gift.” (line 7, 3 Sharing)

    @T-000001 @high-priority
    Scenario: Ask who it is before a gift opens. (1)
      Given a link that was passed on
      When somebody else opens it
      Then the gift stays closed

    @T-000001 @high-priority
    Scenario: Ask who it is before a gift opens. (2)
      Then The first use is told to the sender.
