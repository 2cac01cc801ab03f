# What a maintainer runs. `make` alone is what .ci/run does.
LINT_VERSION := v2.15.0
AXE_VERSION := 4.14.1
AXE_SHA512 := 1477dafa598d8d065f273d6af302aa203c02e83131707b7fa648cd41bd3d6b734f8c22a0dab86ee6a6f64b8afbe804b214d36db85a2826965edfb3a0b9d546b5
BIN := $(CURDIR)/.bin
FUZZTIME ?= 10s

.PHONY: all test race browser axe lint fuzz tidy bench proof release clean smoke

all: tidy lint test race fuzz

test:
	go test ./...

race:
	go test -race ./...

# The page in a real browser, with pictures of every card in screenshots/.
browser: axe
	mkdir -p screenshots
	PEERBOT_SCREENSHOTS=$(CURDIR)/screenshots CI=true go test -count 1 -run TestBrowser -v ./cmd/peerbot

# axe-core finds what keeps people from using a page; the browser tests look with it.
axe: $(BIN)/axe-core-$(AXE_VERSION).js

$(BIN)/axe-core-$(AXE_VERSION).js:
	mkdir -p $(BIN)
	cd $(BIN) && npm pack --silent axe-core@$(AXE_VERSION)
	cd $(BIN) && echo "$(AXE_SHA512)  axe-core-$(AXE_VERSION).tgz" | sha512sum --check --quiet
	tar -xzOf $(BIN)/axe-core-$(AXE_VERSION).tgz package/axe.min.js >$@.part
	mv $@.part $@
	rm $(BIN)/axe-core-$(AXE_VERSION).tgz

lint: $(BIN)/golangci-lint-$(LINT_VERSION)
	$(BIN)/golangci-lint-$(LINT_VERSION) run ./...

$(BIN)/golangci-lint-$(LINT_VERSION):
	GOBIN=$(BIN) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION)
	mv $(BIN)/golangci-lint $@

tidy:
	go mod tidy -diff

# Every fuzz target, one after the other.
fuzz:
	./internal/fuzz.sh $(FUZZTIME)

# The figures of docs/benchmarks.md, each with its baseline in the same run. Whole sizes.
bench:
	PEERBOT_FULL=1 go test -run '^$$' -bench . -benchtime 1x -timeout 60m ./...

# The long proofs: 50,000 kills counted at a receiver (about an hour), 5,000 more of the
# store and of the whole program, a million forged presses, whole counts, long fuzzing.
proof:
	PEERBOT_PROOF=50000 go test -count 1 -timeout 24h ./internal/killtest
	PEERBOT_PROOF=5000 go test -count 1 -timeout 24h ./storage/bolt ./cmd/peerbot ./bot
	PEERBOT_FULL=1 go test -count 1 -timeout 4h ./...
	$(MAKE) fuzz FUZZTIME=3m

# One round on the real platforms, with your own tokens and in your own rooms. Never in CI:
#   PEERBOT_DISCORD_TOKEN=… SMOKE_DISCORD=SERVER/CHANNEL PEERBOT_TELEGRAM_TOKEN=… SMOKE_TELEGRAM=GROUP make smoke
smoke:
	go test ./cmd/peerbot -count 1 -v -run '^TestSmoke$$'

# What may be released: everything passes, and the crisis numbers were read lately.
release: all
	go run ./cmd/peerbot version --release
	go build -trimpath -o bin/peerbot ./cmd/peerbot

clean:
	rm -rf $(BIN) bin screenshots
