package bulwark.seats.keystore;

import bulwark.kernel.secrets.KeyRefused;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.signing.PasswordBasedKey;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Words that stand for the seed of all keys (BIP-39, English list). Nothing of them stands in a sentence. */
public final class Mnemonic {
    private static final int BITS_OF_A_WORD = 11;
    private static final int SEED_BYTES = 64;
    private static final int ITERATIONS = 2_048;
    private static final int MIN_WORDS = 24;
    private static final List<String> LIST = list();
    private static final Map<String, Integer> WORDS =
            IntStream.range(0, LIST.size()).boxed().collect(Collectors.toUnmodifiableMap(LIST::get, i -> i));
    /** Everybody has the keys of sentences that repeat a word: they stand in documents, and in programs for development. */
    private static final int MIN_DISTINCT_WORDS = 6;

    private Mnemonic() {}

    private static List<String> list() {
        try (InputStream in = Objects.requireNonNull(Mnemonic.class.getResourceAsStream("english.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** 24 words of 256 random bits. */
    public static SecretBytes fresh(Signing random) {
        byte[] entropy = random.random32().expose(SecretAccess.grant());
        StringBuilder bits = new StringBuilder();
        for (byte each : entropy) {
            bits.append(eight(each));
        }
        bits.append(eight(Digests.sha256(entropy)[0]));
        return SecretBytes.ofText(IntStream.range(0, MIN_WORDS)
                .mapToObj(i -> bits.substring(i * BITS_OF_A_WORD, (i + 1) * BITS_OF_A_WORD))
                .map(word -> LIST.get(Integer.parseInt(word, 2)))
                .collect(Collectors.joining(" ")));
    }

    private static String eight(byte bits) {
        return Integer.toBinaryString(0x100 | bits & 0xff).substring(1);
    }

    /**
     * The seed of a treasury's own keys.
     *
     * @param setting that the sentences name
     * @param text the words with blanks between them
     * @throws KeyRefused when they are no mnemonic of 24 words, or one that everybody has
     */
    public static SecretBytes seed(String setting, SecretBytes text) {
        List<String> words = split(text);
        if (words.size() != MIN_WORDS) {
            throw new KeyRefused(
                    setting + " has " + words.size() + " words: a mnemonic for keys of validators has " + MIN_WORDS);
        }
        requireSound(setting, words);
        if (words.stream().distinct().count() < MIN_DISTINCT_WORDS) {
            throw new KeyRefused(
                    setting + " is a mnemonic that stands in documents, and everybody has its keys: make one"
                            + " with a tool of your own");
        }
        return seed(words, "");
    }

    private static List<String> split(SecretBytes text) {
        return List.of(Normalizer.normalize(text.exposeText(SecretAccess.grant()), Normalizer.Form.NFKD)
                .strip()
                .toLowerCase(Locale.ROOT)
                .split("\\s+"));
    }

    /** Every word stands in the list, and the last bits are the beginning of the digest of the others. */
    static void requireSound(String setting, List<String> words) {
        StringBuilder bits = new StringBuilder();
        for (int i = 0; i < words.size(); i++) {
            Integer place = WORDS.get(words.get(i));
            if (place == null) {
                throw new KeyRefused(
                        setting + ": word " + (i + 1) + " is not in the English list of BIP-39: look at its spelling");
            }
            String digits = Integer.toBinaryString(place);
            bits.append("0".repeat(BITS_OF_A_WORD - digits.length())).append(digits);
        }
        int check = bits.length() / 33;
        byte[] entropy = new byte[(bits.length() - check) / 8];
        for (int i = 0; i < entropy.length; i++) {
            entropy[i] = (byte) Integer.parseInt(bits.substring(8 * i, 8 * i + 8), 2);
        }
        String expected = eight(Digests.sha256(entropy)[0]).substring(0, check);
        if (!bits.substring(bits.length() - check).equals(expected)) {
            throw new KeyRefused(setting + " is no mnemonic: its words do not belong together. Look at their order");
        }
    }

    /** @param passphrase empty for none */
    static SecretBytes seed(List<String> words, String passphrase) {
        return PasswordBasedKey.pbkdf2Sha512(
                SecretBytes.ofText(String.join(" ", words)),
                ("mnemonic" + Normalizer.normalize(passphrase, Normalizer.Form.NFKD)).getBytes(StandardCharsets.UTF_8),
                ITERATIONS,
                SEED_BYTES);
    }
}
