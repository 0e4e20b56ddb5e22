package bulwark.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathPrefixesTest {
    private final PathPrefixes prefixes = new PathPrefixes(List.of("/api/main", "/api/other"));

    @Test
    void one_prefix_is_taken_off_and_other_paths_stay() {
        assertThat(prefixes.normalize("/api/main/v1/things")).isEqualTo("/v1/things");
        assertThat(prefixes.normalize("/api/mainland/v1")).isEqualTo("/api/mainland/v1");
        assertThat(prefixes.normalize("/v1/things")).isEqualTo("/v1/things");
        assertThat(PathPrefixes.NONE.normalize("/a//b")).isEqualTo("/a//b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/main/api/main/v1",
                "/api/main/api/other/v1",
                "/v1//x",
                "/v1/../x",
                "/v1/./x",
                "/v1/..",
                "/v1%2Fx",
                "/v1/%2e%2e/x",
                "/v1%5cx"
            })
    void a_path_that_others_could_read_otherwise_is_refused(String path) {
        assertThatThrownBy(() -> prefixes.normalize(path)).isInstanceOf(RequestTarget.Malformed.class);
    }
}
