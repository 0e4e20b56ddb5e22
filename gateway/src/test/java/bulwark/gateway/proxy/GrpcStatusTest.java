package bulwark.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.call.TestCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GrpcStatusTest {
    private static final Path DOCUMENT = Path.of("../docs/gateway/http2-and-grpc.md");

    @Test
    void the_document_names_the_status_of_each_refusal() throws IOException {
        int compared = 0;
        for (MatchResult row : Pattern.compile("\\| ([0-9, ]+) \\| ([0-9]+), [a-z ]+ \\|")
                .matcher(Files.readString(DOCUMENT))
                .results()
                .toList()) {
            for (String status : row.group(1).split(", ")) {
                assertThat(GrpcStatus.code(Integer.parseInt(status)))
                        .as(status)
                        .isEqualTo(Integer.parseInt(row.group(2)));
                compared++;
            }
        }
        assertThat(compared).isEqualTo(13);
        assertThat(GrpcStatus.code(400)).isEqualTo(13);
        assertThat(GrpcStatus.code(500)).isEqualTo(13);
    }

    @ParameterizedTest
    @CsvSource({
        "application/grpc,true",
        "application/grpc+proto,true",
        "Application/GRPC;v=1,true",
        "application/grpc-web,false",
        "text/plain,false"
    })
    void a_call_of_grpc_is_known_by_its_type(String type, boolean expected) {
        assertThat(GrpcStatus.isAsked(TestCalls.call("POST", "/", "192.0.2.7", "Content-Type: " + type + "\r\n")
                        .head()))
                .isEqualTo(expected);
    }

    @Test
    void a_message_holds_visible_ascii_alone() {
        assertThat(GrpcStatus.message("100 % of ä\n")).isEqualTo("100 %25 of %C3%A4%0A");
    }
}
