package bulwark.seats.contract;

import bulwark.kernel.signing.Keccak256;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** An address of 20 bytes. Immutable. @param text 0x and 40 lower-case digits */
public record EvmAddress(String text) implements Comparable<EvmAddress> {
    private static final Pattern FORM = Pattern.compile("0x[0-9a-f]{40}");

    private static final int BYTES = 20;
    private static final int SHOWN_DIGITS = 4;

    public static final EvmAddress ZERO = new EvmAddress("0x" + "0".repeat(40));

    /** @throws IllegalArgumentException when the text is no address in lower case */
    public EvmAddress {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("an address is 0x and 40 hexadecimal digits");
        }
    }

    /** Takes one case of digits, or both in the checksum of EIP-55. @throws IllegalArgumentException for any other text */
    public static EvmAddress of(String text) {
        EvmAddress address = new EvmAddress(text.toLowerCase(Locale.ROOT));
        boolean oneCase = text.equals(address.text)
                || text.substring(2).equals(text.substring(2).toUpperCase(Locale.ROOT));
        if (!oneCase && !text.equals(address.checksummed())) {
            throw new IllegalArgumentException("an address in both cases must have the checksum of EIP-55");
        }
        return address;
    }

    /** As {@link #of(String)}; empty for anything else. */
    public static Optional<EvmAddress> parse(String text) {
        try {
            return Optional.of(of(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** @param bytes 20 */
    public static EvmAddress of(byte[] bytes) {
        return new EvmAddress(HexText.of(bytes));
    }

    /** Of a public key. @param point 64 bytes */
    public static EvmAddress ofPublicKey(byte[] point) {
        byte[] hash = Keccak256.hash(point);
        return of(Arrays.copyOfRange(hash, hash.length - BYTES, hash.length));
    }

    /** That withdrawal credentials with the prefix 0x01 pay to: their last 20 bytes. @param credentials 0x and 64 digits in lower case */
    public static EvmAddress ofCredentials(String credentials) {
        return new EvmAddress("0x" + credentials.substring(credentials.length() - 2 * BYTES));
    }

    public byte[] bytes() {
        return HexText.bytes(text);
    }

    /** As people read it: EIP-55. */
    public String checksummed() {
        String digits = text.substring(2);
        byte[] hash = Keccak256.hash(digits.getBytes(StandardCharsets.US_ASCII));
        StringBuilder out = new StringBuilder("0x");
        for (int i = 0; i < digits.length(); i++) {
            int nibble = (hash[i / 2] >> (i % 2 == 0 ? 4 : 0)) & 0xf;
            out.append(nibble >= 8 ? Character.toUpperCase(digits.charAt(i)) : digits.charAt(i));
        }
        return out.toString();
    }

    /** First and last digits, for a sentence. */
    public String brief() {
        String mixed = checksummed();
        return mixed.substring(0, 2 + SHOWN_DIGITS) + "…" + mixed.substring(mixed.length() - SHOWN_DIGITS);
    }

    @Override
    public int compareTo(EvmAddress other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return checksummed();
    }
}
