package bulwark.seats.deposit;

import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The genesis fork version of a network: what deposit signatures are bound to, whatever fork is current. Immutable. @param text 8 lower-case hexadecimal digits */
public record ForkVersion(String text) {
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{8}");

    /** From the networks' own configuration files. A deposit signed for one of them could be replayed there. */
    private static final Map<String, String> PUBLIC = Map.ofEntries(
            Map.entry("00000000", "Ethereum mainnet"),
            Map.entry("01017000", "Holesky"),
            Map.entry("10000910", "Hoodi"),
            Map.entry("90000069", "Sepolia"),
            Map.entry("00001020", "Goerli"),
            Map.entry("80000069", "Ropsten"),
            Map.entry("70000069", "Kiln"),
            Map.entry("00000064", "Gnosis"),
            Map.entry("0000006f", "Chiado"),
            Map.entry("00000369", "PulseChain"),
            Map.entry("00002009", "Pyrmont"),
            Map.entry("00000001", "the minimal preset"));

    public ForkVersion {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("a fork version is 8 hexadecimal digits");
        }
    }

    /** With or without 0x, in either case; empty for any other text. */
    public static Optional<ForkVersion> parse(String given) {
        String text = given.toLowerCase(Locale.ROOT);
        String digits = text.startsWith("0x") ? text.substring(2) : text;
        return FORM.matcher(digits).matches() ? Optional.of(new ForkVersion(digits)) : Optional.empty();
    }

    /** The public network that this version belongs to. */
    public Optional<String> publicNetwork() {
        return Optional.ofNullable(PUBLIC.get(text));
    }

    /** All public networks, for the search after the one that a file was signed for. */
    static Iterable<ForkVersion> ofPublicNetworks() {
        return PUBLIC.keySet().stream().map(ForkVersion::new)::iterator;
    }

    byte[] bytes() {
        return HexFormat.of().parseHex(text);
    }

    @Override
    public String toString() {
        return "0x" + text;
    }
}
