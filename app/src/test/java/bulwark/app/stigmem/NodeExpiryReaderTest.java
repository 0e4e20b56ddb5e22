package bulwark.app.stigmem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeExpiryReaderTest {
    @Test
    void a_certificate_and_an_api_key_are_called_what_they_are() {
        assertThat(NodeExpiryReader.displayName("certificate")).isEqualTo("the fact node's certificate");
        assertThat(NodeExpiryReader.displayName("api_key")).isEqualTo("the fact node's API key that expires first");
        assertThat(NodeExpiryReader.displayName("issuer")).isEqualTo("the fact node's issuer key");
    }

    @Test
    void a_node_that_does_not_run_is_named_as_the_reason(@TempDir Path folder) {
        assertThatThrownBy(() -> new NodeExpiryReader(folder, Clock.systemUTC()).read())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the fact node is not running");
    }
}
