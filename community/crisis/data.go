package crisis

import "time"

// cards are in the order of their buttons. Whoever changes a fact reads its source
// first, and notes the day. Several sources that agree are named by the nearest to
// the service.
var cards = []Card{
	{
		Country:   "US",
		Emergency: read("911", "https://www.skowhegan.org/FAQ.aspx?QID=95"), // It quotes 911.gov.
		Call:      lifeline988,
		Write:     textLine,
		More:      []Line{veterans, trevor, samhsa, nami},
	},
	{
		Country:   "CA",
		Emergency: read("911", "https://www.gnb.ca/en/topic/laws-safety/community-safety/911.html"),
		Call:      canada988,
		Write:     canada988Text,
		More:      []Line{transCanada},
	},
	{
		Country:   "GB",
		Emergency: read("999", "https://nias.hscni.net/calling-999"),
		Call: Line{
			ID: "talk", Name: "Samaritans", Langs: "en",
			Call:  read("116 123", "https://www.samaritans.org/how-we-can-help/contact-samaritan/"),
			Hours: read(Always, "https://www.samaritans.org/how-we-can-help/contact-samaritan/"),
		},
		Write: shout,
	},
	{
		Country:   "IE",
		Emergency: read("112", "https://www2.hse.ie/emergencies/when-to-call-112-or-999/"),
		Call: Line{
			ID: "talk", Name: "Samaritans", Langs: "en",
			Call:  read("116 123", "https://allisonbiel.co.uk/samaritans"),
			Hours: read(Always, "https://allisonbiel.co.uk/samaritans"),
		},
	},
	{
		Country:   "AU",
		Emergency: read("000", "https://ambulance.qld.gov.au/calling-an-ambulance"),
		Call:      lifeline,
		Write:     lifelineText,
	},
	{
		Country:   "EU",
		Emergency: read("112", "https://www2.hse.ie/emergencies/when-to-call-112-or-999/"),
	},
}

// union are the member states of the European Union without a card of their own.
const union = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IT LV LT LU MT NL PL PT RO SK SI ES SE"

// lifeline988 has no "press 3" any more: the line for young LGBTQ+ people ended on
// 17 July 2025, and many lists still name it.
var lifeline988 = Line{
	ID: "talk", Name: "988 Suicide & Crisis Lifeline", Langs: "en_es",
	Call:  read("988", "https://neighborhoodctr.org/news/what-support-is-available-through-the-988-lifeline"),
	Hours: read(Always, "https://internationalmentalhealth.org/resources/"),
}

var textLine = Line{
	ID: "write", Name: "Crisis Text Line", Langs: "en",
	Text:    read("741741", "https://transpirehelp.org/mental-health-crisis-resources/"),
	Keyword: "HOME",
	Hours:   read(Always, "https://internationalmentalhealth.org/resources/"),
}

var veterans = Line{
	ID: "veterans", Name: "Veterans Crisis Line", Langs: "en",
	Call:  read("988", "https://internationalmentalhealth.org/resources/"),
	Press: "1",
	Hours: read(Always, "https://internationalmentalhealth.org/resources/"),
}

var trevor = Line{
	ID: "young_lgbtq", Name: "The Trevor Project", Langs: "en",
	Call: read("1-866-488-7386", "https://transpirehelp.org/mental-health-crisis-resources/"),
	Text: doubted("678-678", "https://transpirehelp.org/mental-health-crisis-resources/",
		"older sources name 1-202-304-1200, and no page of the service was read"),
	Keyword: "START",
	Hours:   read(Always, "https://transpirehelp.org/mental-health-crisis-resources/"),
}

var samhsa = Line{
	ID: "treatment", Name: "SAMHSA National Helpline", Langs: "en_es",
	Call:  read("1-800-662-4357", "https://internationalmentalhealth.org/resources/"),
	Hours: read(Always, "https://internationalmentalhealth.org/resources/"),
}

var nami = Line{
	ID: "information", Name: "NAMI HelpLine", Langs: "en",
	Call:  read("1-800-950-6264", "https://nami.org/?p=4491"),
	Hours: read(Eastern, "https://nami.org/?p=30084"),
}

var canada988 = Line{
	ID: "talk", Name: "9-8-8 Suicide Crisis Helpline", Langs: "en_fr",
	Call:  read("988", "https://cultmtl.com/2023/11/canada-988-crisis-hotline-launches-today/"),
	Hours: read(Always, "https://cultmtl.com/2023/11/canada-988-crisis-hotline-launches-today/"),
}

var canada988Text = Line{
	ID: "write", Name: "9-8-8 Suicide Crisis Helpline", Langs: "en_fr",
	Text:  read("988", "https://cmhasaskatoon.ca/9-8-8/"),
	Hours: read(Always, "https://cmhasaskatoon.ca/9-8-8/"),
}

var transCanada = Line{
	ID: "trans", Name: "Trans Lifeline", Langs: "en",
	Call: read("1-877-330-6366",
		"https://genzstyle.uk/lgbtq/false-claim-of-canadian-hotline-for-lgbtq-americans-spreads/"),
	Hours: doubted(Always, "", "copies of lists say so, and no page of the service"),
}

var shout = Line{
	ID: "write", Name: "Shout", Langs: "en",
	Text:    doubted("85258", "https://github.com/Kouki-odaka/open-helplines", "one list alone says so"),
	Keyword: "SHOUT",
	Hours:   doubted(Always, "https://github.com/Kouki-odaka/open-helplines", "one list alone says so"),
}

var lifeline = Line{
	ID: "talk", Name: "Lifeline", Langs: "en",
	Call:  read("13 11 14", "https://lifeinmind.org.au/news/lifelines-crisis-text-service-now-available-24-7"),
	Hours: read(Always, "https://lifeinmind.org.au/news/lifelines-crisis-text-service-now-available-24-7"),
}

var lifelineText = Line{
	ID: "write", Name: "Lifeline", Langs: "en",
	Text:  read("0477 13 11 14", "https://lifeinmind.org.au/news/lifelines-crisis-text-service-now-available-24-7"),
	Hours: read(Always, "https://lifeinmind.org.au/news/lifelines-crisis-text-service-now-available-24-7"),
}

// read is a confirmed fact, as its source said it on the day of the last reading.
func read(value, source string) Fact {
	return Fact{Value: value, Source: source, Read: time.Date(2026, time.November, 21, 0, 0, 0, 0, time.UTC)}
}

// doubted is a fact that is not shown until somebody has confirmed it.
func doubted(value, source, why string) Fact {
	f := read(value, source)
	f.Doubt = why
	return f
}
