package bulwark.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetPathTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/apis/foo",
                "/apis/foo/",
                "/apis/foo?x=//../%00",
                "/a..b/.c/d./..e/...",
                "/a;v=1/b:c@d/e,f=g&h+i$j!k'(l)*~_-",
                "/caf%C3%A9/%E2%82%AC",
                "/a%20b/%3F%23%25"
            })
    void a_path_that_every_program_reads_alike_is_taken(String target) throws PathRefused {
        TargetPath path = TargetPath.of(target);
        String raw = target.contains("?") ? target.substring(0, target.indexOf('?')) : target;
        assertThat(path.raw()).isEqualTo(raw);
        assertThat(path.hasEncodedSlash()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "'', NOT_A_PATH",
        "*, NOT_A_PATH",
        "http://a/b, NOT_A_PATH",
        "apis, NOT_A_PATH",
        "/a b, UNENCODED",
        "/a\tb, UNENCODED",
        "/a#b, UNENCODED",
        "/caf\u00e9, UNENCODED",
        "/\u013f, UNENCODED",
        "/a?x=\u00e9, UNENCODED",
        "/a?x y, UNENCODED",
        "/a?x#y, UNENCODED",
        "/%, BAD_PERCENT",
        "/%2, BAD_PERCENT",
        "/%2?0, BAD_PERCENT",
        "/%zz, BAD_PERCENT",
        "/%-1, BAD_PERCENT",
        "/%\u0664\u0661, UNENCODED",
        "/%ff, NOT_UTF8",
        "/%c0%ae%c0%ae/x, NOT_UTF8",
        "/%ed%a0%80, NOT_UTF8",
        "/%C3, NOT_UTF8",
        "/a%00, NUL",
        "/a%0d%0aX:y, CONTROL_CHARACTER",
        "/a%7f, CONTROL_CHARACTER",
        "/a\\b, BACKSLASH",
        "/a%5cb, BACKSLASH",
        "//, DOUBLE_SLASH",
        "//evil.example/x, DOUBLE_SLASH",
        "/a//b, DOUBLE_SLASH",
        "/a/%2Fb, DOUBLE_SLASH",
        "/a%2F/b, DOUBLE_SLASH",
        "/a%2f%2fb, DOUBLE_SLASH",
        "/., DOT_SEGMENT",
        "/.., DOT_SEGMENT",
        "/apis/foo/../admin, DOT_SEGMENT",
        "/apis/foo/%2e%2e/admin, DOT_SEGMENT",
        "/apis/foo/.%2E/admin, DOT_SEGMENT",
        "/apis/foo/./x, DOT_SEGMENT",
        "/apis/foo/..;/admin, DOT_SEGMENT",
        "/apis/foo/..%3bx=1/admin, DOT_SEGMENT",
        "/apis/foo/..%2fadmin, DOT_SEGMENT",
        "/apis/foo%2f..%2fadmin, DOT_SEGMENT",
        "/apis/foo/..?x, DOT_SEGMENT"
    })
    void a_path_that_programs_read_differently_is_refused_with_its_reason(String target, PathFault fault) {
        assertThatThrownBy(() -> TargetPath.of(target))
                .isInstanceOfSatisfying(
                        PathRefused.class,
                        refused -> assertThat(refused.fault()).isEqualTo(fault))
                .hasMessage(fault.sentence());
    }

    @Test
    void a_raw_nul_is_refused() {
        assertThatThrownBy(() -> TargetPath.of("/a\0b")).hasMessage(PathFault.NUL.sentence());
    }

    @Test
    void it_is_read_where_it_stands_in_the_head_of_a_request() throws PathRefused {
        byte[] head = "GET /a%20b?c HTTP/1.1".getBytes(StandardCharsets.US_ASCII);
        TargetPath path = TargetPath.of(head, 4, 12);
        assertThat(path.raw()).isEqualTo("/a%20b");
        assertThat(decoded(path)).isEqualTo("/a b");
    }

    @Test
    void it_is_decoded_once() throws PathRefused {
        assertThat(decoded(TargetPath.of("/%252e%252e/%2525"))).isEqualTo("/%2e%2e/%25");
    }

    @Test
    void an_encoded_slash_is_told_and_is_no_slash() throws PathRefused {
        TargetPath path = TargetPath.of("/apis%2Ffoo/x");
        assertThat(path.hasEncodedSlash()).isTrue();
        assertThat(decoded(path)).isEqualTo("/apis\0foo/x");
        assertThat(path.raw()).isEqualTo("/apis%2Ffoo/x");
    }

    static String decoded(TargetPath path) {
        byte[] bytes = new byte[path.length()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = path.at(i);
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
