package bulwark.facts.fact;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExpiryTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "2030-01-01T00:00:00Z",
                "2030-01-01T01:00:00+01:00",
                "2030-01-01T01:00:00+0100",
                "2030-01-01 00:00:00",
                "2030-01-01T00:00",
                "2030-01-01"
            })
    void the_usual_spellings_name_one_instant(String iso) {
        assertThat(Expiry.parse(iso)).contains(Instant.parse("2030-01-01T00:00:00Z"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"tomorrow", "", "2030-13-01", "2030-02-30T00:00:00Z", "+999999999-01-01", "2030-01-01T25:00"})
    void anything_else_is_refused(String text) {
        assertThat(Expiry.parse(text)).isEmpty();
    }

    @Test
    void fractions_count() {
        assertThat(Expiry.parse("2030-01-01T00:00:00.123456Z").map(Expiry::micros))
                .contains(Expiry.micros(Instant.parse("2030-01-01T00:00:00.123456Z")));
    }
}
