package bulwark.kernel.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetUrlTest {
    @ParameterizedTest
    @CsvSource({
        "https://Example.COM/a?b, https://example.com:443, /a?b",
        "http://example.com:8080, http://example.com:8080, /",
        "http://example.com.?q=1, http://example.com:80, /?q=1",
        "http://[2606:4700::1111]:1/, http://[2606:4700:0:0:0:0:0:1111]:1, /",
        "http://xn--bcher-kva.example/, http://xn--bcher-kva.example:80, /",
        "http://b\u00dccher.example/, http://xn--bcher-kva.example:80, /",
        "http://0x7f.1/, http://127.0.0.1:80, /",
        "http://a_b.example/, http://a_b.example:80, /"
    })
    void a_url_has_one_spelling(String url, String origin, String path) throws TargetRefused {
        assertThat(TargetUrl.parse(url).origin()).isEqualTo(origin);
        assertThat(TargetUrl.parse(url).path()).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "not-a-url",
                "",
                "//example.com",
                "http:example.com",
                "http:///path",
                "http://",
                "http://user:pw@127.0.0.1/",
                "http://example.com@127.0.0.1/",
                "http://127.0.0.1@example.com/",
                "http://127.0.0.1#@example.com/",
                "http://127.0.0.1\\@example.com/",
                "http://example.com:80@127.0.0.1/",
                "file:///etc/passwd",
                "gopher://127.0.0.1:6379/_",
                "ftp://h/",
                "jar:http://a!/",
                "data:,x",
                "javascript:1",
                "http://ex\u0000ample.com/",
                "http://example.com/\r\nHost: x",
                "http://exam\tple.com",
                "http://a b/",
                "http://017700000001/",
                "http://0177.0.0.1/",
                "http://08.8.8.8/",
                "http://1.2.3.4.5/",
                "http://256.1.1.1/",
                "http://4294967296/",
                "http://1.2.3/4.5/\u00a0",
                "http://example.0x/extra\u2028",
                "http://1..2/",
                "http://.1/",
                "http://x.1/",
                "http://1.2.3.09/",
                "http://[fe80::1%25eth0]/",
                "http://[::1",
                "http://[1.2.3.4]/",
                "http://[::1::2]/",
                "http://[1:2:3:4:5:6:7:8:9]/",
                "http://[12345::]/",
                "http://[::ffff:1.2.3]/",
                "http://[:1]/",
                "http://a..b/",
                "http://-a.example/",
                "http://a-.example/",
                "http://exa%mple.com/",
                "http://a%ff.example/",
                "http://a%2fb.example/",
                "http://a%00.example/",
                "http://fa\u00df.example/",
                "http://a\u200d.example/",
                "http://a\u00ad.example/",
                "http://example.com:0/",
                "http://example.com:65536/",
                "http://example.com:1a/",
                "http://example.com:-1/"
            })
    void what_programs_read_differently_is_refused(String url) {
        assertThatExceptionOfType(TargetRefused.class).isThrownBy(() -> TargetUrl.parse(url));
    }

    @Test
    void a_refusal_has_a_code_and_a_sentence_without_control_characters() {
        assertThatExceptionOfType(TargetRefused.class)
                .isThrownBy(() -> TargetUrl.parse(""))
                .satisfies(e -> assertThat(e.reason().code()).isEqualTo("empty"))
                .withMessage("The URL must not be empty.");
        assertThatExceptionOfType(TargetRefused.class)
                .isThrownBy(() -> TargetUrl.parse("http://\u202eevil"))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(TargetRefused.Reason.HOST))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\u202e"));
    }

    @FuzzTest(maxDuration = "1m")
    void hostile_text_is_parsed_to_a_stable_spelling_or_refused(byte[] bytes) {
        check(new String(bytes, StandardCharsets.UTF_8));
    }

    @Test
    void mutations_of_a_url_are_parsed_to_a_stable_spelling_or_refused() {
        Random random = new Random(4711);
        String seed = "https://\u24d4x%41mple.co\u3002uk:8443/a?b=[::ffff:127.0.0.1]0x7f.1";
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder(seed);
            for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
                char c = random.nextBoolean()
                        ? seed.charAt(random.nextInt(seed.length()))
                        : (char) random.nextInt(0x3100);
                text.setCharAt(8 + random.nextInt(text.length() - 8), c);
            }
            check(text.toString());
        }
    }

    private static void check(String text) {
        try {
            TargetUrl url = TargetUrl.parse(text);
            assertThat(TargetUrl.parse(url.origin() + url.path())).isEqualTo(url);
        } catch (TargetRefused refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }
}
