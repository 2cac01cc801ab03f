package crisis

import "time"

// november is when all of this was read.
var november = time.Date(2026, time.November, 21, 0, 0, 0, 0, time.UTC)

// union are the member states of the European Union without a card of their own:
// https://european-union.europa.eu/principles-countries-history/eu-countries_en
const union = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IT LV LT LU MT NL PL PT RO SK SI ES SE"

const emergencyList = "https://github.com/craigrallen/world-emergency-hotlines"

// cards are in the order of their buttons. What is older than Keeps stops a release.
var cards = []Card{
	{
		Country:   "US",
		Emergency: Fact{Value: "911", Source: "https://www.911.gov"},
		Call:      lifeline988,
		Write: Line{
			ID: "text_line", Name: "Crisis Text Line", Read: november,
			Text:    Fact{Value: "741741", Source: "https://www.crisistextline.org"},
			Keyword: "HOME",
			Hours:   Fact{Value: Always, Source: "https://transpirehelp.org/mental-health-crisis-resources/"},
		},
		More: []Line{veterans, trevor, samhsa, nami},
		Read: november,
	},
	{
		Country:   "CA",
		Emergency: Fact{Value: "911", Source: "https://www.gnb.ca/en/topic/laws-safety/community-safety/911.html"},
		Call: Line{
			ID: "lifeline", Name: "9-8-8 Suicide Crisis Helpline", Read: november,
			Call:  Fact{Value: "988", Source: "https://globalnews.ca/news/9852199/canada-988-mental-health-crisis-hotline/"},
			Hours: Fact{Value: Always, Source: "https://cultmtl.com/2023/11/canada-988-crisis-hotline-launches-today/"},
		},
		Write: Line{
			ID: "lifeline_text", Name: "9-8-8 Suicide Crisis Helpline", Read: november,
			Text:  Fact{Value: "988", Source: "https://cmhasaskatoon.ca/9-8-8/"},
			Hours: Fact{Value: Always, Source: "https://cmhasaskatoon.ca/9-8-8/"},
		},
		More: []Line{{
			ID: "trans", Name: "Trans Lifeline", Read: november,
			Call: Fact{Value: "1-877-330-6366",
				Source: "https://genzstyle.uk/lgbtq/false-claim-of-canadian-hotline-for-lgbtq-americans-spreads/"},
			Hours: Fact{Doubt: "no source says when it answers"},
		}},
		Read: november,
	},
	{
		Country:   "GB",
		Emergency: Fact{Value: "999", Source: emergencyList},
		Call: Line{
			ID: "listening", Name: "Samaritans", Read: november,
			Call:  Fact{Value: "116 123", Source: "https://www.samaritans.org/how-we-can-help/contact-samaritan/"},
			Hours: Fact{Value: Always, Source: "https://www.samaritans.org/how-we-can-help/contact-samaritan/"},
		},
		Write: Line{
			ID: "text_line", Name: "Shout", Read: november,
			Text: Fact{Value: "85258", Source: "https://github.com/Kouki-odaka/open-helplines",
				Doubt: "one data set alone says so"},
			Keyword: "SHOUT",
		},
		Read: november,
	},
	{
		Country:   "IE",
		Emergency: Fact{Value: "112", Source: "https://www2.hse.ie/emergencies/when-to-call-112-or-999/"},
		Call: Line{
			ID: "listening", Name: "Samaritans", Read: november,
			Call:  Fact{Value: "116 123", Source: "https://github.com/Kouki-odaka/open-helplines"},
			Hours: Fact{Value: Always, Source: "https://github.com/Kouki-odaka/open-helplines"},
		},
		Read: november,
	},
	{
		Country:   "AU",
		Emergency: Fact{Value: "000", Source: emergencyList},
		Call: Line{
			ID: "lifeline", Name: "Lifeline", Read: november,
			Call: Fact{Value: "13 11 14", Source: "https://www.lifeline.org.au"},
			Hours: Fact{Value: Always,
				Source: "https://lifeinmind.org.au/news/lifelines-crisis-text-service-now-available-24-7"},
		},
		Write: Line{
			ID: "lifeline_text", Name: "Lifeline", Read: november,
			Text: Fact{Value: "0477 13 11 14",
				Source: "https://lifeinmind.org.au/news/lifelines-crisis-text-service-now-available-24-7"},
			Hours: Fact{Value: Always,
				Source: "https://lifeinmind.org.au/news/lifelines-crisis-text-service-now-available-24-7"},
		},
		Read: november,
	},
	{
		Country:   "EU",
		Emergency: Fact{Value: "112", Source: emergencyList},
		Read:      november,
	},
}

// lifeline988 has no "press 3" any more: the line for young LGBTQ+ people ended on
// 17 July 2025, and many lists still name it.
var lifeline988 = Line{
	ID: "lifeline", Name: "988 Suicide & Crisis Lifeline", Read: november,
	Call:  Fact{Value: "988", Source: "https://988lifeline.org"},
	Hours: Fact{Value: Always, Source: "https://neighborhoodctr.org/news/what-support-is-available-through-the-988-lifeline"},
}

var veterans = Line{
	ID: "veterans", Name: "Veterans Crisis Line", Read: november,
	Call:  Fact{Value: "988", Source: "https://www.veteranscrisisline.net"},
	Press: "1",
	Hours: Fact{Value: Always, Source: "https://www.veteranscrisisline.net"},
}

var trevor = Line{
	ID: "young_lgbtq", Name: "The Trevor Project", Read: november,
	Call:    Fact{Value: "1-866-488-7386", Source: "https://www.thetrevorproject.org"},
	Text:    Fact{Value: "678-678", Doubt: "older and newer sources name different numbers"},
	Keyword: "START",
	Hours:   Fact{Value: Always, Source: "https://advocate.com/youth/2019/4/30/trevor-project-takes-text-chat-services-247"},
}

var samhsa = Line{
	ID: "treatment", Name: "SAMHSA National Helpline", Read: november,
	Call:  Fact{Value: "1-800-662-4357", Source: "https://www.samhsa.gov/find-help/national-helpline"},
	Hours: Fact{Value: Always, Source: "https://www.samhsa.gov/find-help/national-helpline"},
}

var nami = Line{
	ID: "information", Name: "NAMI HelpLine", Read: november,
	Call:  Fact{Value: "1-800-950-6264", Source: "https://nami.org/?p=4491"},
	Hours: Fact{Value: "Mon-Fri 10:00-22:00 America/New_York", Source: "https://nami.org/?p=30084"},
}
