package bulwark.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.testkit.WireSocket;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CookiesTest {
    private static Cookies cookies(String... lines) {
        Headers headers = Headers.NONE;
        for (String line : lines) {
            headers = headers.adding("cookie", line);
        }
        return Cookies.of(headers);
    }

    @Test
    void pairs_are_read_by_the_grammar_and_values_stay_as_they_were_sent() {
        Cookies cookies = cookies("__Host-id=a=b==; lang=de-CH;empty=; quoted=\"x y\"; q=\"xy\"");

        assertThat(cookies.only("__Host-id")).contains("a=b==");
        assertThat(cookies.only("__host-id")).as("names have a case").isEmpty();
        assertThat(cookies.only("lang")).contains("de-CH");
        assertThat(cookies.only("empty")).contains("");
        assertThat(cookies.only("q")).contains("\"xy\"");
        assertThat(cookies.only("quoted")).as("a blank is no cookie octet").isEmpty();
        assertThat(cookies.isWellFormed()).isFalse();
        assertThat(cookies("a=1; b=2").isWellFormed()).isTrue();
        assertThat(cookies().isWellFormed()).isTrue();
    }

    @Test
    void two_cookies_of_one_name_are_both_visible_and_neither_is_the_only_one() {
        Cookies cookies = cookies("id=mine; id=planted", "id=again");

        assertThat(cookies.all("id")).containsExactly("mine", "planted", "again");
        assertThat(cookies.only("id")).isEmpty();
    }

    @Test
    void what_is_no_pair_is_left_out_and_the_others_stay() {
        for (String bad : List.of("x", "=x", "a b=c", "a=b,c", "a=b\\c", "a=\"b", "a=é", "a=b\tc", "")) {
            Cookies cookies = cookies(bad + "; good=1");
            assertThat(cookies.only("good")).as(bad).contains("1");
            assertThat(cookies.all("a")).as(bad).isEmpty();
            assertThat(cookies.isWellFormed()).as(bad).isFalse();
        }
    }

    @Test
    void more_pairs_than_any_browser_sends_give_no_cookie() {
        String most = IntStream.range(0, Cookies.MAX_PAIRS)
                .mapToObj(i -> "c" + i + "=1")
                .collect(Collectors.joining("; "));

        assertThat(cookies(most).only("c99")).contains("1");
        assertThat(cookies(most + "; id=planted").all("c0")).isEmpty();
        assertThat(cookies(most, "id=planted").all("id")).isEmpty();
        assertThat(cookies(most, "id=planted").isWellFormed()).isFalse();
    }

    @Test
    void handlers_see_all_values_and_set_several_cookies() {
        TestService part = new TestService()
                .with(Route.open(
                        "GET",
                        "/",
                        r -> TestService.text(r.headers().all("x-tag") + " "
                                        + r.header("X-TAG").orElse("-") + " "
                                        + r.cookies().all("id"))
                                .with(SetCookie.of("__Host-session", "s1"))
                                .with(SetCookie.of("theme", "dark")
                                        .readableByScripts()
                                        .withMaxAge(Duration.ofDays(1)))));
        try (Edge edge = Edge.create()) {
            int port = edge.listenPlain(part.build(), "127.0.0.1", 0);

            String answer = WireSocket.answerTo(
                    port,
                    "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Tag: one\r\nx-tag: two\r\n"
                            + "Cookie: id=a; id=b\r\n\r\n");

            assertThat(answer).endsWith("[one, two] one [a, b]");
            assertThat(answer.lines())
                    .containsOnlyOnce(
                            "Set-Cookie: __Host-session=s1; Path=/; Secure; HttpOnly; SameSite=Strict",
                            "Set-Cookie: theme=dark; Path=/; Max-Age=86400; Secure; SameSite=Strict");
        }
    }

    @Test
    void a_cookie_is_safe_unless_told_otherwise_and_its_prefix_is_kept() {
        assertThat(SetCookie.removal("id").text())
                .isEqualTo("id=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Strict");
        assertThat(SetCookie.of("id", "x")
                        .overPlainHttp()
                        .withPath("/app")
                        .withSameSite(SetCookie.SameSite.LAX)
                        .text())
                .isEqualTo("id=x; Path=/app; HttpOnly; SameSite=Lax");
        assertThat(SetCookie.of("id", "secret").toString()).doesNotContain("secret");
        refused(() -> SetCookie.of("__Host-id", "x").withPath("/app"));
        refused(() -> SetCookie.of("__HOST-id", "x").overPlainHttp());
        refused(() -> SetCookie.of("__Secure-id", "x").overPlainHttp());
        refused(() ->
                SetCookie.of("id", "x").withSameSite(SetCookie.SameSite.NONE).overPlainHttp());
    }

    @Test
    void nothing_smuggles_an_attribute_or_a_line_into_the_header() {
        refused(() -> SetCookie.of("id", "x; Domain=example.org"));
        refused(() -> SetCookie.of("id", "x\r\nX: y"));
        refused(() -> SetCookie.of("id;", "x"));
        refused(() -> SetCookie.of("", "x"));
        refused(() -> SetCookie.of("id", "x".repeat(4_096)));
        refused(() -> SetCookie.of("id", "x").withPath("/; Domain=example.org"));
        refused(() -> SetCookie.of("id", "x").withPath("app"));
        refused(() -> SetCookie.of("id", "x").withMaxAge(Duration.ofSeconds(-1)));
        refused(() -> SetCookie.of("id", "x").withMaxAge(Duration.ofDays(401)));
    }

    private static void refused(Runnable making) {
        assertThatThrownBy(making::run).isInstanceOf(IllegalArgumentException.class);
    }
}
