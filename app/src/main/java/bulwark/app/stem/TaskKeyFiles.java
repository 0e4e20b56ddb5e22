package bulwark.app.stem;

import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import bulwark.tasks.signing.KeyPurpose;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The signing keys of tasks under {@code up}, in files that worker, beat and commands read again while they run: private halves by purpose, public halves together, which key signs, and what each may
 * sign until when. Each file is written whole, and the order of the writes is such that no reader ever gives a key more than it shall have. One process at a time.
 */
record TaskKeyFiles(Path directory) {
    Path folder() {
        return directory.resolve("keys");
    }

    /** What the beat signs with, or what commands to workers are signed with. */
    Path privateKeys(KeyPurpose purpose) {
        return folder().resolve(purpose == KeyPurpose.TASKS ? "private" : "operator");
    }

    /** The private halves of both purposes, for commands: a setting names one file. */
    Path commandKeys() {
        return directory.resolve("command-keys");
    }

    Path publicKeys() {
        return folder().resolve("public");
    }

    /** The file that names the key that signs. */
    Path signing(KeyPurpose purpose) {
        return directory.resolve(purpose == KeyPurpose.TASKS ? "signing-key" : "control-key");
    }

    Path purposes() {
        return directory.resolve("key-purposes");
    }

    /** A kill between two files leaves what the next start makes the others of. A folder of an older release gets what it lacks; what was added by hand stays. */
    void createMissing() throws IOException {
        Map<String, String> purposes = read(purposes());
        Map<String, String> open = read(publicKeys());
        for (KeyPurpose purpose : KeyPurpose.values()) {
            String first = purpose == KeyPurpose.TASKS ? "up" : "operator";
            if (!Files.exists(privateKeys(purpose))) {
                write(privateKeys(purpose), Map.of(first, fresh()));
            }
            Map<String, String> pairs = read(privateKeys(purpose));
            if (!Files.exists(signing(purpose))) {
                write(signing(purpose), pairs.keySet().iterator().next());
            }
            String id = signingId(purpose);
            purposes.putIfAbsent(id, purpose.word());
            open.putIfAbsent(id, publicHalf(pairs.getOrDefault(id, "")));
        }
        write(purposes(), purposes);
        writeCommandKeys();
        write(publicKeys(), open);
    }

    /** Id of the key that signs. */
    String signingId(KeyPurpose purpose) throws IOException {
        return Files.readString(signing(purpose)).strip();
    }

    /** A key that is there already stays as it is. */
    void announce(KeyPurpose purpose, String id) throws IOException {
        Map<String, String> pairs = read(privateKeys(purpose));
        if (!pairs.containsKey(id)) {
            pairs.put(id, fresh());
            write(privateKeys(purpose), pairs);
        }
        writeCommandKeys();
        put(purposes(), id, purpose.word());
        put(publicKeys(), id, publicHalf(pairs.getOrDefault(id, "")));
    }

    void promote(KeyPurpose purpose, String id) throws IOException {
        write(signing(purpose), id);
    }

    void limit(KeyPurpose purpose, String id, Instant until) throws IOException {
        put(purposes(), id, purpose.word() + ":../" + until);
    }

    /** Public half first: a key without a purpose would be for tasks. */
    void retire(String id) throws IOException {
        remove(publicKeys(), id);
        remove(purposes(), id);
    }

    void destroy(KeyPurpose purpose, String id) throws IOException {
        remove(privateKeys(purpose), id);
        writeCommandKeys();
    }

    private void writeCommandKeys() throws IOException {
        Map<String, String> all = read(privateKeys(KeyPurpose.TASKS));
        all.putAll(read(privateKeys(KeyPurpose.CONTROL)));
        write(commandKeys(), all);
    }

    private static String fresh() {
        return text(Signing.fastest().random32().expose(SecretAccess.grant()));
    }

    private static String publicHalf(String seed) {
        return text(Signing.fastest()
                .signer(SecretBytes.of(Base64.getDecoder().decode(seed)))
                .publicKey());
    }

    private static String text(byte[] key) {
        return Base64.getEncoder().encodeToString(key);
    }

    /** {@code id:value,…}; empty when there is no file. */
    private static Map<String, String> read(Path file) throws IOException {
        Map<String, String> entries = new LinkedHashMap<>();
        String text = Files.exists(file) ? Files.readString(file).strip() : "";
        for (String entry : text.split(",", -1)) {
            String[] parts = entry.strip().split(":", 2);
            if (!parts[0].isEmpty()) {
                entries.put(parts[0], parts.length == 2 ? parts[1] : "");
            }
        }
        return entries;
    }

    private static void put(Path file, String id, String value) throws IOException {
        Map<String, String> entries = read(file);
        entries.put(id, value);
        write(file, entries);
    }

    private static void remove(Path file, String id) throws IOException {
        Map<String, String> entries = read(file);
        entries.remove(id);
        write(file, entries);
    }

    private static void write(Path file, Map<String, String> entries) throws IOException {
        write(
                file,
                entries.entrySet().stream()
                        .map(entry -> entry.getKey() + ":" + entry.getValue())
                        .collect(Collectors.joining(",")));
    }

    private static void write(Path file, String text) throws IOException {
        boolean same = Files.exists(file) && Files.readString(file).strip().equals(text);
        if (!same) {
            OwnerOnlyFiles.write(file, (text + "\n").getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** When the key that signs was made: its name tells of one that a rotation made, the file of the first one. */
    Instant created(KeyPurpose purpose) throws IOException {
        String id = signingId(purpose);
        Optional<Instant> named = TaskKeyRotation.created(id);
        return named.isPresent()
                ? named.get()
                : Files.getLastModifiedTime(privateKeys(purpose)).toInstant();
    }
}
