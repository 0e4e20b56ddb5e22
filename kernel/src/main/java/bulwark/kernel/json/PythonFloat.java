package bulwark.kernel.json;

import java.math.BigDecimal;

/** Shortest round-trip decimal text of a double, laid out as Python's {@code repr(float)} lays it out. */
public final class PythonFloat {
    /** Below this a double has so few bits that one decimal digit may round-trip where {@link Double#toString} prints two. */
    private static final double SUBNORMAL_LIMIT = 1e-320;

    private PythonFloat() {}

    /**
     * @param value finite
     * @throws IllegalArgumentException for NaN and the infinities, which JSON cannot carry
     */
    public static String repr(double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("a number that is not finite has no JSON form");
        }
        String java = Double.toString(value);
        int exponentAt = java.indexOf('E');
        // From 1e-3 up to 1e7 the two languages print the same text.
        return exponentAt < 0 ? java : relaid(value, java, exponentAt);
    }

    private static String relaid(double value, String java, int exponentAt) {
        boolean negative = java.charAt(0) == '-';
        int exponent = Integer.parseInt(java, exponentAt + 1, java.length(), 10);
        String digits = digits(java.substring(negative ? 1 : 0, exponentAt));
        if (digits.length() == 2 && Math.abs(value) < SUBNORMAL_LIMIT) {
            int one = oneDigitThatRoundTrips(Math.abs(value), digits.charAt(0) - '0', exponent);
            if (one == 10) {
                exponent++;
            }
            digits = one == 0 ? digits : one == 10 ? "1" : Integer.toString(one);
        }
        StringBuilder out = new StringBuilder(26);
        if (negative) {
            out.append('-');
        }
        if (exponent >= -4 && exponent < 16) {
            fixed(out, digits, exponent);
        } else {
            scientific(out, digits, exponent);
        }
        return out.toString();
    }

    /** The significant digits of {@code d.ddd}, without the point and without trailing zeros. */
    private static String digits(String mantissa) {
        String digits = mantissa.charAt(0) + mantissa.substring(2);
        int end = digits.length();
        while (end > 1 && digits.charAt(end - 1) == '0') {
            end--;
        }
        return digits.substring(0, end);
    }

    private static void fixed(StringBuilder out, String digits, int exponent) {
        if (exponent < 0) {
            out.append("0.").repeat('0', -exponent - 1).append(digits);
            return;
        }
        int whole = exponent + 1;
        if (digits.length() <= whole) {
            out.append(digits).repeat('0', whole - digits.length()).append(".0");
        } else {
            out.append(digits, 0, whole).append('.').append(digits, whole, digits.length());
        }
    }

    private static void scientific(StringBuilder out, String digits, int exponent) {
        out.append(digits.charAt(0));
        if (digits.length() > 1) {
            out.append('.').append(digits, 1, digits.length());
        }
        int magnitude = Math.abs(exponent);
        out.append('e').append(exponent < 0 ? '-' : '+');
        if (magnitude < 10) {
            out.append('0');
        }
        out.append(magnitude);
    }

    /** The nearer of {@code first} and {@code first + 1} that reads back as the value at that exponent, or 0 when neither does. */
    private static int oneDigitThatRoundTrips(double value, int first, int exponent) {
        BigDecimal exact = new BigDecimal(value);
        BigDecimal low = BigDecimal.valueOf(first).scaleByPowerOfTen(exponent);
        BigDecimal high = BigDecimal.valueOf(first + 1L).scaleByPowerOfTen(exponent);
        boolean lowFits = low.doubleValue() == value;
        boolean highFits = high.doubleValue() == value;
        if (lowFits && highFits) {
            return exact.subtract(low).compareTo(high.subtract(exact)) <= 0 ? first : first + 1;
        }
        return lowFits ? first : highFits ? first + 1 : 0;
    }
}
