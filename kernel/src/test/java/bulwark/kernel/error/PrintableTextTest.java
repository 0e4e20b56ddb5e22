package bulwark.kernel.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTextTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0000",
                "\n",
                "\t",
                "\u001b",
                "\u007f", // ASCII
                "\u0085",
                "\u009b", // C1: the second starts a control sequence in a terminal
                "\u2028",
                "\u2029", // line and paragraph separator
                "\u202e",
                "\u2066", // turns the direction of what follows
                "\ud83d",
                "\ude00" // one half of a pair
            })
    void what_moves_a_terminal_or_has_no_bytes_becomes_a_question_mark(String hostile) {
        assertThat(PrintableText.line("a" + hostile + "b")).isEqualTo("a?b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "żółć", "日本語", "👩‍👩‍👧", "می‌خواهم"})
    void text_of_any_script_stays_as_it_is(String text) {
        assertThat(PrintableText.of(text)).isEqualTo(text);
    }

    @Test
    void line_feeds_and_tabs_stay_only_in_several_lines() {
        assertThat(PrintableText.lines("a\n\tb\r\u001b")).isEqualTo("a\n\tb??");
    }

    @Test
    void a_long_text_is_cut_but_never_between_the_halves_of_a_pair() {
        assertThat(PrintableText.of("x".repeat(200))).hasSize(200);
        assertThat(PrintableText.of("x".repeat(201))).isEqualTo("x".repeat(200) + "…");
        String cut = PrintableText.of("x".repeat(199) + "😀😀");
        assertThat(cut).isEqualTo("x".repeat(199) + "…");
        assertThat(new String(cut.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                .isEqualTo(cut);
    }
}
