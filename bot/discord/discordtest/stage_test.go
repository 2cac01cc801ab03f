package discordtest

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"
)

// echoMenu is what the bot of these tests registers.
const echoMenu = `[
	{"name":"echo","description":"Says it again.","name_localizations":{"es-ES":"eco"},"options":[
		{"type":3,"name":"text","description":"What to say.","required":true,"autocomplete":true},
		{"type":4,"name":"times","description":"How often.","min_value":1,"max_value":5}]},
	{"name":"meeting","description":"Meetings.","options":[
		{"type":1,"name":"add","description":"Adds one.","options":[{"type":6,"name":"host","description":"Who."}]}]},
	{"name":"setup","description":"For those who run it.","default_member_permissions":"32"}]`

// stage is a Server in a bubble, with a client of its own.
type stage struct {
	t *testing.T
	*Server
	client *http.Client
}

// play runs a test on a stage, in a bubble.
func play(t *testing.T, o Options, test func(*stage)) {
	synctest.Test(t, func(t *testing.T) {
		s := &stage{t: t, Server: New(o)}
		s.client = s.Client()
		defer func() {
			s.Close()
			s.client.CloseIdleConnections()
		}()
		test(s)
	})
}

// clean fails the test where the bot broke a rule.
func (s *stage) clean() {
	s.t.Helper()
	if v := s.Violations(); len(v) > 0 {
		s.t.Errorf("the bot broke rules: %q", v)
	}
}

// do makes a request and wants a status; it returns what came back.
func (s *stage) do(status int, method, path, body string) object {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.URL()+"/api/v10"+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bot "+s.Token())
	req.Header.Set("Content-Type", "application/json")
	res, err := s.client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != status {
		s.t.Errorf("%s %s gives %d, not %d", method, path, res.StatusCode, status)
	}
	var out object
	json.NewDecoder(res.Body).Decode(&out)
	return out
}

func (s *stage) publish() {
	s.t.Helper()
	s.do(200, "PUT", "/applications/"+s.BotID()+"/commands", echoMenu)
}

// session is discordgo, made so that everything goes through memory.
func (s *stage) session() *discordgo.Session {
	d, err := discordgo.New("Bot " + s.Token())
	if err != nil {
		s.t.Fatal(err)
	}
	d.LogLevel = -1
	d.Client = &http.Client{Transport: rewritten{s.client.Transport, Host}}
	d.Dialer = &websocket.Dialer{NetDialContext: s.Dial}
	d.ShouldReconnectOnError, d.StateEnabled, d.SyncEvents = false, false, true
	d.Identify.Intents = discordgo.IntentsGuilds | discordgo.IntentsDirectMessages
	return d
}

// rewritten sends every request to one host.
type rewritten struct {
	http.RoundTripper
	host string
}

func (r rewritten) RoundTrip(q *http.Request) (*http.Response, error) {
	q = q.Clone(q.Context())
	q.URL.Scheme, q.URL.Host = "http", r.host
	return r.RoundTripper.RoundTrip(q)
}

// open connects and waits for what follows from it.
func (s *stage) open(d *discordgo.Session) {
	s.t.Helper()
	if err := d.Open(); err != nil {
		s.t.Fatal(err)
	}
	settle()
}

func settle() {
	time.Sleep(time.Second)
	synctest.Wait()
}

// sees wants the words among what who sees.
func (s *stage) sees(who, room, words string, want bool) {
	s.t.Helper()
	var all []string
	for _, m := range s.Sees(who, room) {
		all = append(all, m.Content)
	}
	if strings.Contains(strings.Join(all, "\n"), words) != want {
		s.t.Errorf("%s sees %q in %q: it should be %v that %q is there", who, all, room, want, words)
	}
}
