package bulwark.kernel.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UuidV7Test {
    private static final Instant TIME = Instant.parse("2022-02-22T19:22:22Z");

    @Test
    void the_example_of_the_rfc_comes_out() {
        assertThat(UuidV7.of(TIME, 0xCC3, 0x18C4_DC0C_0C07_398FL)).isEqualTo("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    }

    @Test
    void bits_beyond_the_field_do_not_reach_version_and_variant() {
        UUID id = UUID.fromString(UuidV7.of(TIME, -1, -1));
        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(TIME.toEpochMilli());
    }

    @Test
    void ids_of_later_milliseconds_sort_later_and_none_comes_twice() {
        List<String> ids = IntStream.range(0, 1_000)
                .mapToObj(i -> UuidV7.next(TIME.plusMillis(i)))
                .toList();
        assertThat(ids).isSorted().doesNotHaveDuplicates();
        assertThat(UuidV7.next(TIME)).isNotEqualTo(UuidV7.next(TIME));
    }
}
