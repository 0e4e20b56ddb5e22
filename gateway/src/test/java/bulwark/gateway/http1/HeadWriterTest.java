package bulwark.gateway.http1;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeadWriterTest {
    @Test
    void no_text_ends_a_line() {
        HeadWriter writer = new HeadWriter().field("X-A", "b\r\nX-Evil: 1\0\u010a\u010d\u2028\u00e9");

        assertThat(writer.toString()).isEqualTo("X-A: b  X-Evil: 1 ???\u00e9\r\n");
    }
}
