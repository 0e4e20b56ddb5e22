package bulwark.seats.plan;

import bulwark.kernel.signing.Keccak256;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An address of 20 bytes. Immutable.
 *
 * @param text 0x and 40 digits in lower case
 */
public record EthereumAddress(String text) implements Comparable<EthereumAddress> {
    private static final Pattern FORM = Pattern.compile("0x[0-9a-f]{40}");
    private static final int BYTES = 20;
    private static final int SHOWN_DIGITS = 4;

    /** @throws IllegalArgumentException for another form */
    public EthereumAddress {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("an address is 0x and 40 hexadecimal digits in lower case");
        }
    }

    /** Lower case, or mixed case with the check of EIP-55; empty for anything else. */
    public static Optional<EthereumAddress> parse(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (!FORM.matcher(lower).matches()) {
            return Optional.empty();
        }
        EthereumAddress address = new EthereumAddress(lower);
        return text.equals(lower) || text.equals(address.checksummed()) ? Optional.of(address) : Optional.empty();
    }

    /** @param bytes 20 */
    public static EthereumAddress of(byte[] bytes) {
        return new EthereumAddress("0x" + HexFormat.of().formatHex(bytes));
    }

    /** Of a public key. @param point 64 bytes */
    public static EthereumAddress ofPublicKey(byte[] point) {
        byte[] hash = Keccak256.hash(point);
        return of(Arrays.copyOfRange(hash, hash.length - BYTES, hash.length));
    }

    public byte[] bytes() {
        return HexFormat.of().parseHex(text, 2, text.length());
    }

    /** In mixed case, EIP-55: a digit that was changed shows. */
    public String checksummed() {
        String digits = text.substring(2);
        byte[] hash = Keccak256.hash(digits.getBytes(StandardCharsets.US_ASCII));
        StringBuilder mixed = new StringBuilder("0x");
        for (int i = 0; i < digits.length(); i++) {
            int nibble = hash[i / 2] >> (i % 2 == 0 ? 4 : 0) & 0xf;
            mixed.append(nibble > 7 ? Character.toUpperCase(digits.charAt(i)) : digits.charAt(i));
        }
        return mixed.toString();
    }

    /** First and last digits, for a sentence. */
    public String brief() {
        String mixed = checksummed();
        return mixed.substring(0, 2 + SHOWN_DIGITS) + "…" + mixed.substring(mixed.length() - SHOWN_DIGITS);
    }

    @Override
    public int compareTo(EthereumAddress other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }
}
