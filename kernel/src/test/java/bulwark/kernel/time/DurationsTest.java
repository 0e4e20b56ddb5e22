package bulwark.kernel.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
    @ParameterizedTest
    @CsvSource({
        "90,PT90S",
        "500ms,PT0.5S",
        "5s,PT5S",
        "5 M,PT5M",
        "1h,PT1H",
        "7d,PT168H",
        " 2m ,PT2M",
        "36500d,PT876000H"
    })
    void every_unit_is_read_in_either_case_and_with_a_blank_before_it(String text, Duration duration) {
        assertThat(Durations.parse(text)).isEqualTo(duration);
        assertThat(Durations.find(text)).contains(duration);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "-5s", "1.5s", "5 5", "1w", "400000d", "999999999999d"})
    void everything_else_is_none(String text) {
        assertThat(Durations.find(text)).isEmpty();
        assertThatThrownBy(() -> Durations.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("must be a duration such as 250ms");
    }

    @Test
    void what_is_said_about_a_hostile_text_stays_on_one_line() {
        assertThatThrownBy(() -> Durations.parse("5\n\u001b[31m")).hasMessageEndingWith(", not \"5??[31m\"");
    }
}
