package bulwark.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.access.Principal;
import bulwark.testkit.WireSocket;
import bulwark.web.Authenticator.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AuthenticatorTest {
    private static final Principal ALICE = new Principal("user:alice", "default", Set.of("read"), "session-1");
    private static final Principal ROBOT = new Principal("agent:robot", "default", Set.of("read"), "token-1");

    private final TestService part = new TestService();
    private final Edge edge = Edge.create();
    private final SessionAuthenticator sessions = new SessionAuthenticator();
    private int port;

    /** A session cookie, looked up in something that may block. */
    private static final class SessionAuthenticator implements Authenticator {
        final Map<String, Principal> live = new ConcurrentHashMap<>(Map.of("s1", ALICE));
        final Set<String> withdrawn = ConcurrentHashMap.newKeySet();
        final List<Boolean> virtual = new CopyOnWriteArrayList<>();
        volatile CountDownLatch lookup = new CountDownLatch(0);

        @Override
        public String kind() {
            return "session";
        }

        @Override
        public Outcome authenticate(AuthenticationRequest request) {
            virtual.add(Thread.currentThread().isVirtual());
            Cookies cookies = request.cookies();
            try {
                lookup.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            if (cookies.all("__Host-session").isEmpty()) {
                return Outcome.NotPresented.NOT_PRESENTED;
            }
            return cookies.only("__Host-session")
                    .map(live::get)
                    .<Outcome>map(Outcome.Identified::new)
                    .orElseGet(() -> new Outcome.Refused(
                            "expired",
                            "The session has expired: sign in again.",
                            "Cookie realm=\"test\"",
                            "session-9"));
        }

        @Override
        public boolean isRevoked(Principal caller) {
            return withdrawn.contains(String.valueOf(caller.keyId()));
        }

        @Override
        public boolean isAmbient() {
            return true;
        }
    }

    /** Tokens that begin with {@code tok.}; it stands before whatever else reads the Authorization header. */
    private static final class TokenAuthenticator implements Authenticator {
        @Override
        public String kind() {
            return "token";
        }

        @Override
        public Optional<Outcome> tryAuthenticate(AuthenticationRequest request) {
            return Optional.of(authenticate(request));
        }

        @Override
        public Outcome authenticate(AuthenticationRequest request) {
            String token = request.bearer().orElse("");
            if (!token.startsWith("tok.")) {
                return Outcome.NotPresented.NOT_PRESENTED;
            }
            return switch (token) {
                case "tok.good" -> new Outcome.Identified(ROBOT);
                case "tok.bound" -> new Outcome.BoundElsewhere(ROBOT);
                case "tok.broken" -> throw new IllegalStateException("a fault of ours");
                default ->
                    new Outcome.Refused("malformed", "The token is malformed.", "Bearer error=\"invalid_token\"");
            };
        }

        @Override
        public Optional<String> challenge() {
            return Optional.of("Bearer");
        }
    }

    @BeforeEach
    void listen() {
        Handler me = r -> TestService.text(r.principal().entityUri());
        part.anonymous = null;
        part.authenticators = List.of(new TokenAuthenticator(), sessions);
        part.errors = new PlainErrors();
        part.origins = Set.of("https://app.example");
        part.with(
                Route.authenticated("GET", "/me", "test", me),
                Route.authenticated("POST", "/echo", "test", TestService.echo()),
                Route.authenticated("GET", "/browser", "test", me).identifiedBy("session"),
                Route.permitted("GET", "/machine", "read", "test", me).identifiedBy("token"),
                Route.permitted("GET", "/admin", "admin", "test", me));
        port = edge.listenPlain(part.build(), "127.0.0.1", 0);
    }

    @AfterEach
    void close() {
        edge.close();
    }

    private String call(String method, String path, String... headers) {
        StringBuilder request =
                new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        return WireSocket.answerTo(
                port,
                request + "Content-Length: " + (method.equals("POST") ? 2 : 0) + "\r\n\r\n"
                        + (method.equals("POST") ? "hi" : ""));
    }

    @Test
    void each_kind_identifies_its_callers_and_what_may_block_runs_on_a_virtual_thread() {
        assertThat(call("GET", "/me", "Cookie: __Host-session=s1"))
                .startsWith("HTTP/1.1 200")
                .endsWith("user:alice");
        assertThat(call("GET", "/me", "Authorization: Bearer tok.good"))
                .startsWith("HTTP/1.1 200")
                .endsWith("agent:robot");
        assertThat(sessions.virtual).containsExactly(true);
    }

    @Test
    void the_first_authenticator_that_finds_its_credential_decides_also_when_it_refuses() {
        String cookie = "Cookie: __Host-session=s1";
        assertThat(call("GET", "/me", "Authorization: Bearer tok.good", cookie)).endsWith("agent:robot");
        assertThat(call("GET", "/me", "Authorization: Bearer tok.bad", cookie)).startsWith("HTTP/1.1 401");
        assertThat(call("GET", "/me", "Authorization: Bearer other", cookie)).endsWith("user:alice");
        assertThat(part.refusals).containsExactly("- bad_credentials");
    }

    @Test
    void a_route_takes_the_kinds_that_it_names_and_no_others() {
        assertThat(call("GET", "/browser", "Cookie: __Host-session=s1")).startsWith("HTTP/1.1 200");
        assertThat(call("GET", "/browser", "Authorization: Bearer tok.good"))
                .startsWith("HTTP/1.1 401")
                .endsWith("{\"error\":\"no_credentials\"}")
                .doesNotContain("WWW-Authenticate");
        assertThat(call("GET", "/machine", "Authorization: Bearer tok.good")).startsWith("HTTP/1.1 200");
        assertThat(call("GET", "/machine", "Cookie: __Host-session=s1"))
                .startsWith("HTTP/1.1 401")
                .contains("WWW-Authenticate: Bearer\r\n");
        assertThat(call("GET", "/admin", "Cookie: __Host-session=s1"))
                .startsWith("HTTP/1.1 403")
                .endsWith("{\"error\":\"permission_missing\"}");
    }

    @Test
    void a_refused_credential_carries_its_challenge_and_leaves_its_reason_for_evidence() {
        assertThat(call("GET", "/me", "Cookie: __Host-session=gone"))
                .startsWith("HTTP/1.1 401")
                .contains("WWW-Authenticate: Cookie realm=\"test\"\r\n");
        assertThat(call("GET", "/me", "Cookie: __Host-session=s1; __Host-session=planted"))
                .startsWith("HTTP/1.1 401");
        assertThat(part.details).containsExactly("session expired session-9", "session expired session-9");
        assertThat(call("GET", "/me", "Authorization: Bearer tok.bound")).startsWith("HTTP/1.1 401");
        assertThat(part.refusals).endsWith("agent:robot key_bound_elsewhere");
        assertThat(call("GET", "/me")).startsWith("HTTP/1.1 401").contains("WWW-Authenticate: Bearer\r\n");
    }

    @Test
    void a_credential_that_browsers_send_by_themselves_does_not_serve_pages_of_other_origins() {
        String cookie = "Cookie: __Host-session=s1";
        for (String origin : List.of("https://evil.example", "null", "http://localhost:1")) {
            assertThat(call("POST", "/echo", cookie, "Origin: " + origin))
                    .startsWith("HTTP/1.1 403")
                    .endsWith("{\"error\":\"foreign_origin\"}");
        }
        assertThat(part.refusals).containsOnly("user:alice foreign_origin");
        assertThat(call("POST", "/echo", cookie, "Origin: http://localhost")).startsWith("HTTP/1.1 200");
        assertThat(call("POST", "/echo", cookie, "Origin: https://app.example")).startsWith("HTTP/1.1 200");
        assertThat(call("POST", "/echo", cookie)).startsWith("HTTP/1.1 200");
        assertThat(call("POST", "/echo", "Authorization: Bearer tok.good", "Origin: https://page.example"))
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void a_session_that_ends_while_the_body_comes_does_not_reach_the_handler() {
        String proceed = "HTTP/1.1 100 Continue\r\n\r\n";
        try (WireSocket client = new WireSocket(port)) {
            client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nExpect: 100-continue\r\n"
                    + "Cookie: __Host-session=s1\r\nContent-Length: 2\r\n\r\n");
            assertThat(client.read(proceed.length())).isEqualTo(proceed);
            sessions.withdrawn.add("session-1");
            client.send("hi");
            assertThat(client.readToEnd()).startsWith("HTTP/1.1 401");
        }
        assertThat(part.details).containsExactly("session revoked session-1");
    }

    @Test
    void a_connection_that_closes_while_its_caller_is_looked_up_holds_no_memory_afterwards() {
        long half = Runtime.getRuntime().maxMemory() / 8;
        TestService greedy = new TestService().with(Route.authenticated("GET", "/big", "test", r -> {
            r.memory().take(half);
            return TestService.text("taken");
        }));
        greedy.anonymous = null;
        greedy.authenticators = List.of(sessions);
        port = edge.listenPlain(greedy.build(), "127.0.0.1", 0);
        CountDownLatch lookup = new CountDownLatch(1);
        sessions.lookup = lookup;
        try (WireSocket client = new WireSocket(port)) {
            client.send("GET /big HTTP/1.1\r\nHost: localhost\r\nCookie: __Host-session=s1\r\n\r\n");
            Awaitility.await().until(() -> !sessions.virtual.isEmpty());
        }
        assertThat(edge.answered(Duration.ofSeconds(30)))
                .as("the server saw the close")
                .succeedsWithin(Duration.ofSeconds(30));
        sessions.lookup = new CountDownLatch(0);
        lookup.countDown();
        for (int i = 0; i < 20; i++) {
            assertThat(call("GET", "/big", "Cookie: __Host-session=s1")).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void an_authenticator_that_fails_is_a_fault_of_ours_and_lets_nobody_in() {
        assertThat(call("GET", "/me", "Authorization: Bearer tok.broken")).startsWith("HTTP/1.1 500");
    }

    @Test
    void a_service_names_what_nobody_could_call_when_it_is_made() {
        TestService typo = new TestService()
                .with(Route.authenticated("GET", "/", "test", r -> TestService.text(""))
                        .identifiedBy("sesion"));
        typo.authenticators = List.of(sessions);
        assertThatThrownBy(typo::build).hasMessageContaining("sesion");
        typo.authenticators = List.of(sessions, sessions);
        assertThatThrownBy(typo::build).hasMessageContaining("session");
        Route open = Route.open("GET", "/", r -> TestService.text(""));
        assertThatThrownBy(() -> open.identifiedBy("session")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void without_authentication_a_route_that_names_kinds_still_asks_for_them() {
        TestService trusting = new TestService()
                .with(
                        Route.authenticated("GET", "/any", "test", r -> TestService.text("any")),
                        Route.authenticated("GET", "/session", "test", r -> TestService.text("session"))
                                .identifiedBy("session"));
        trusting.authenticators = List.of(sessions);
        port = edge.listenPlain(trusting.build(), "127.0.0.1", 0);
        assertThat(call("GET", "/any")).startsWith("HTTP/1.1 200");
        assertThat(call("GET", "/session")).startsWith("HTTP/1.1 401");
    }
}
