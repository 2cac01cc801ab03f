package spoken

import "time"

// The words of the grammar, folded. English and Spanish stand together: no word of
// one is another time in the other, but for "mar", which is a month beside a number
// and a weekday elsewhere.

var weekdays = map[string]time.Weekday{
	"monday": time.Monday, "mondays": time.Monday, "mon": time.Monday,
	"tuesday": time.Tuesday, "tuesdays": time.Tuesday, "tue": time.Tuesday, "tues": time.Tuesday,
	"wednesday": time.Wednesday, "wednesdays": time.Wednesday, "wed": time.Wednesday, "weds": time.Wednesday,
	"thursday": time.Thursday, "thursdays": time.Thursday, "thu": time.Thursday, "thur": time.Thursday, "thurs": time.Thursday,
	"friday": time.Friday, "fridays": time.Friday, "fri": time.Friday,
	"saturday": time.Saturday, "saturdays": time.Saturday, "sat": time.Saturday,
	"sunday": time.Sunday, "sundays": time.Sunday, "sun": time.Sunday,
	"lunes": time.Monday, "lun": time.Monday, "martes": time.Tuesday, "mar": time.Tuesday,
	"miercoles": time.Wednesday, "mie": time.Wednesday, "jueves": time.Thursday, "jue": time.Thursday,
	"viernes": time.Friday, "vie": time.Friday, "sabado": time.Saturday, "sabados": time.Saturday, "sab": time.Saturday,
	"domingo": time.Sunday, "domingos": time.Sunday, "dom": time.Sunday,
}

var months = map[string]time.Month{
	"january": 1, "jan": 1, "enero": 1, "ene": 1,
	"february": 2, "feb": 2, "febrero": 2,
	"march": 3, "mar": 3, "marzo": 3,
	"april": 4, "apr": 4, "abril": 4, "abr": 4,
	"may": 5, "mayo": 5,
	"june": 6, "jun": 6, "junio": 6,
	"july": 7, "jul": 7, "julio": 7,
	"august": 8, "aug": 8, "agosto": 8, "ago": 8,
	"september": 9, "sep": 9, "sept": 9, "septiembre": 9, "setiembre": 9, "set": 9,
	"october": 10, "oct": 10, "octubre": 10,
	"november": 11, "nov": 11, "noviembre": 11,
	"december": 12, "dec": 12, "diciembre": 12, "dic": 12,
}

var numbers = map[string]int{
	"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
	"seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
	"un": 1, "uno": 1, "una": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6,
	"siete": 7, "ocho": 8, "nueve": 9, "diez": 10, "once": 11, "doce": 12,
}

var ordinals = map[string]int{
	"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1,
	"primer": 1, "primero": 1, "primeros": 1, "segundo": 2, "segundos": 2, "tercer": 3, "tercero": 3, "terceros": 3,
	"cuarto": 4, "cuartos": 4, "quinto": 5, "quintos": 5, "ultimo": -1, "ultimos": -1,
}

// ordinalWords are the ordinals whose meaning may have to be said in full.
var ordinalWords = [...]string{2: "second", 3: "third", 4: "fourth", 5: "fifth"}

// ordinalEnds follow the digits of an ordinal: 1st, 2nd, 1er, 2do, 3º.
var ordinalEnds = []string{"st", "nd", "rd", "th", "er", "ro", "do", "to", "o", "a"}

var units = map[string]time.Duration{
	"s": time.Second, "sec": time.Second, "secs": time.Second, "second": time.Second, "seconds": time.Second,
	"segundo": time.Second, "segundos": time.Second,
	"m": time.Minute, "min": time.Minute, "mins": time.Minute, "minute": time.Minute, "minutes": time.Minute,
	"minuto": time.Minute, "minutos": time.Minute,
	"h": time.Hour, "hr": time.Hour, "hrs": time.Hour, "hour": time.Hour, "hours": time.Hour,
	"hora": time.Hour, "horas": time.Hour,
	"d": day, "day": day, "days": day, "dia": day, "dias": day,
	"w": week, "week": week, "weeks": week, "semana": week, "semanas": week,
}

const (
	day  = 24 * time.Hour
	week = 7 * day
)
