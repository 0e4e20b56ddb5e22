package bulwark.app.up;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChildProcessTest {
    @Test
    void a_line_without_an_end_is_cut_and_the_next_one_is_passed_on_whole() {
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        String output = "first\r\n" + "x".repeat(3 << 20) + "\nnext\n\nlast";

        ChildProcess.passOn("node", new StringReader(output), new PrintStream(shown, true, StandardCharsets.UTF_8));

        List<String> lines = shown.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).hasSize(5);
        assertThat(lines.get(0)).isEqualTo("node | first");
        assertThat(lines.get(1)).startsWith("node | xxx").endsWith("x… (cut)").hasSizeLessThan(66_000);
        assertThat(lines.subList(2, 5)).containsExactly("node | next", "node | ", "node | last");
    }
}
