package bulwark.kernel.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampsTest {
    private static final DateTimeFormatter PLAIN =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS").withZone(ZoneOffset.UTC);

    @Test
    void every_moment_has_six_digits_of_fraction() {
        assertThat(Timestamps.offset(Instant.EPOCH)).isEqualTo("1970-01-01T00:00:00.000000+00:00");
        assertThat(Timestamps.zulu(Instant.parse("2026-12-31T23:59:59.999999999Z")))
                .isEqualTo("2026-12-31T23:59:59.999999Z");
    }

    @Test
    void any_moment_is_written_as_the_formatter_of_the_jdk_writes_it() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            long second = random.nextLong(-70_000_000_000L, 260_000_000_000L);
            Instant instant = Instant.ofEpochSecond(second, random.nextInt(1_000_000_000));
            assertThat(Timestamps.zulu(instant)).isEqualTo(PLAIN.format(instant) + "Z");
        }
    }

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
        assertThat(Timestamps.parse(iso)).contains(Instant.parse("2030-01-01T00:00:00Z"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"tomorrow", "", "2030-13-01", "2030-02-30T00:00:00Z", "+999999999-01-01", "2030-01-01T25:00"})
    void anything_else_is_no_instant(String text) {
        assertThat(Timestamps.parse(text)).isEmpty();
    }

    @Test
    void fractions_count() {
        assertThat(Timestamps.parse("2030-01-01T00:00:00.123456Z"))
                .contains(Instant.parse("2030-01-01T00:00:00.123456Z"));
    }
}
