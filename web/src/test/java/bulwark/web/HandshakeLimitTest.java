package bulwark.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HandshakeLimitTest {
    @Test
    void handshakes_are_limited_in_all_and_for_each_source_and_room_comes_back() {
        HandshakeLimit limit = new HandshakeLimit(3, 2);

        assertThat(limit.begin("a")).isTrue();
        assertThat(limit.begin("a")).isTrue();
        assertThat(limit.begin("a")).as("a third of one source").isFalse();
        assertThat(limit.begin("b")).isTrue();
        assertThat(limit.begin("c")).as("a fourth in all").isFalse();
        limit.end("a");
        assertThat(limit.begin("c")).isTrue();
        assertThat(limit.begin("a")).as("a fourth in all").isFalse();
        limit.end("b");
        assertThat(limit.begin("a")).isTrue();
    }
}
