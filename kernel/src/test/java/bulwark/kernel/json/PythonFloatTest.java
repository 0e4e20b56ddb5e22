package bulwark.kernel.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The texts are what Python 3 prints for the same double. */
class PythonFloatTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0",
                "-0.0",
                "1.0",
                "-1.0",
                "0.1",
                "0.95",
                "42.5",
                "0.001",
                "0.0001",
                "0.00012345",
                "1e-05",
                "9.99e-05",
                "1e-07",
                "1234567.0",
                "10000000.0",
                "12345678.9",
                "1000000000000000.0",
                "9007199254740992.0",
                "9999999999999998.0",
                "1e+16",
                "1.5e+20",
                "1e+21",
                "1e+22",
                "1e+23",
                "-2.5e-10",
                "1e-99",
                "1e-100",
                "1e+100",
                "2.2250738585072014e-308",
                "1.7976931348623157e+308",
                "5e-324",
                "1e-323",
                "1.5e-323",
                "2e-323",
                "2.5e-323",
                "-5e-324",
                "2e+23",
                "9e-323"
            })
    void a_double_prints_as_in_python(String python) {
        assertThat(PythonFloat.repr(Double.parseDouble(python))).isEqualTo(python);
    }

    @Test
    void every_double_round_trips_and_keeps_a_point_or_an_exponent() {
        Random random = new Random(20260101);
        for (int i = 0; i < 100_000; i++) {
            double value = Double.longBitsToDouble(random.nextLong());
            if (Double.isFinite(value)) {
                String text = PythonFloat.repr(value);
                assertThat(Double.parseDouble(text)).isEqualTo(value);
                assertThat(text).matches("-?\\d+\\.\\d+|-?\\d(\\.\\d+)?e[+-]\\d{2,3}");
            }
        }
    }

    @Test
    void a_number_that_is_not_finite_is_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> PythonFloat.repr(Double.NaN));
        assertThatIllegalArgumentException().isThrownBy(() -> PythonFloat.repr(Double.NEGATIVE_INFINITY));
    }
}
