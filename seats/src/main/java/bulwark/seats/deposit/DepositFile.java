package bulwark.seats.deposit;

import bulwark.kernel.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * What the deposit tools write ({@code deposit_data-*.json}): an array of one object. Roots in the file are compared with computed ones and
 * never taken over. Immutable.
 *
 * @param forkVersion as the file claims it; the signature decides
 */
public record DepositFile(DepositData deposit, ForkVersion forkVersion) {
    public static final int MAX_BYTES = 16 * 1024;

    /** Principal of a seat. */
    public static final long SEAT_GWEI = 32_000_000_000L;

    private static final Set<String> TEXTS = Set.of(
            "pubkey",
            "withdrawal_credentials",
            "signature",
            "deposit_message_root",
            "deposit_data_root",
            "fork_version");
    private static final Set<String> REMARKS = Set.of("network_name", "deposit_cli_version");
    private static final String AMOUNT = "amount";

    /** Wherever such a member stands, in a file that is JSON or nearly so. */
    private static final Pattern SECRETS = Pattern.compile(
            "\"[a-z_ -]*(crypto|keystore|mnemonic|private|secret|seed|password|signing_?key)[a-z_ -]*\"\\s*:");

    private static final HexFormat HEX = HexFormat.of();

    /** @throws DepositFileRefused with everything that is wrong with the form, the roots and the amount */
    public static DepositFile parse(byte[] utf8) throws DepositFileRefused {
        if (utf8.length > MAX_BYTES) {
            throw refused(DepositFault.FILE_TOO_LARGE);
        }
        // Before anything else, so that the person hears of it even when the rest is broken.
        if (SECRETS.matcher(new String(utf8, StandardCharsets.UTF_8).toLowerCase(Locale.ROOT))
                .find()) {
            throw refused(DepositFault.FILE_HOLDS_SECRETS);
        }
        JsonNode json = one(utf8);
        List<DepositFinding> findings = new ArrayList<>();
        shape(json, findings);
        if (!findings.isEmpty()) {
            throw new DepositFileRefused(findings);
        }
        Optional<byte[]> pubkey = hex(json, "pubkey", 48, DepositFault.PUBKEY_MALFORMED, findings);
        Optional<byte[]> credentials =
                hex(json, "withdrawal_credentials", 32, DepositFault.CREDENTIALS_MALFORMED, findings);
        Optional<byte[]> signature = hex(json, "signature", 96, DepositFault.SIGNATURE_MALFORMED, findings);
        Optional<byte[]> messageRoot = hex(json, "deposit_message_root", 32, DepositFault.ROOT_MALFORMED, findings);
        Optional<byte[]> dataRoot = hex(json, "deposit_data_root", 32, DepositFault.ROOT_MALFORMED, findings);
        Optional<ForkVersion> version =
                ForkVersion.parse(json.path("fork_version").asString());
        if (version.isEmpty()) {
            findings.add(DepositFinding.of(DepositFault.FORK_VERSION_MALFORMED));
        }
        credentials
                .flatMap(DepositFile::credentialsFault)
                .map(DepositFinding::of)
                .ifPresent(findings::add);
        JsonNode amount = json.path(AMOUNT);
        if (!amount.isIntegralNumber() || !amount.canConvertToLong() || amount.longValue() != SEAT_GWEI) {
            findings.add(DepositFinding.of(DepositFault.AMOUNT_NOT_OF_A_SEAT));
        } else if (pubkey.isPresent() && credentials.isPresent() && signature.isPresent()) {
            DepositData deposit = new DepositData(pubkey.get(), credentials.get(), SEAT_GWEI, signature.get());
            differs(messageRoot, deposit.messageRoot(), DepositFault.MESSAGE_ROOT_WRONG, findings);
            differs(dataRoot, deposit.dataRoot(), DepositFault.DATA_ROOT_WRONG, findings);
            if (findings.isEmpty()) {
                return new DepositFile(deposit, version.orElseThrow());
            }
        }
        throw new DepositFileRefused(findings);
    }

    private static JsonNode one(byte[] utf8) throws DepositFileRefused {
        JsonNode json;
        try {
            json = StrictJson.parse(utf8);
        } catch (StrictJson.JsonRefused malformed) {
            throw refused(DepositFault.FILE_NOT_JSON);
        }
        JsonNode object = json.isArray() && json.size() == 1 ? json.get(0) : json;
        if (!object.isObject()) {
            throw refused(DepositFault.FILE_NOT_ONE_DEPOSIT);
        }
        return object;
    }

    private static void shape(JsonNode json, List<DepositFinding> findings) {
        for (Map.Entry<String, JsonNode> member : json.properties()) {
            if (!TEXTS.contains(member.getKey())
                    && !REMARKS.contains(member.getKey())
                    && !member.getKey().equals(AMOUNT)) {
                findings.add(DepositFinding.of(DepositFault.FIELD_UNKNOWN));
            }
        }
        for (String name : TEXTS.stream().sorted().toList()) {
            if (!json.path(name).isString()) {
                findings.add(new DepositFinding(DepositFault.FIELD_MISSING, name));
            }
        }
        if (!json.path(AMOUNT).isNumber()) {
            findings.add(new DepositFinding(DepositFault.FIELD_MISSING, AMOUNT));
        }
        for (String name : REMARKS.stream().sorted().toList()) {
            if (json.has(name) && !json.path(name).isString()) {
                findings.add(new DepositFinding(DepositFault.FIELD_MISSING, name));
            }
        }
    }

    private static Optional<byte[]> hex(
            JsonNode json, String name, int bytes, DepositFault fault, List<DepositFinding> findings) {
        String text = json.path(name).asString();
        String digits = text.startsWith("0x") ? text.substring(2) : text;
        if (digits.length() == 2 * bytes && digits.chars().allMatch(HexFormat::isHexDigit)) {
            return Optional.of(HEX.parseHex(digits));
        }
        if (findings.stream().noneMatch(each -> each.fault() == fault)) {
            findings.add(DepositFinding.of(fault));
        }
        return Optional.empty();
    }

    private static Optional<DepositFault> credentialsFault(byte[] credentials) {
        return switch (credentials[0]) {
            case 0 -> Optional.of(DepositFault.CREDENTIALS_OF_A_BLS_KEY);
            case 2 -> Optional.of(DepositFault.CREDENTIALS_COMPOUND);
            case 1 ->
                Arrays.equals(credentials, 1, 12, new byte[11], 0, 11)
                        ? Optional.empty()
                        : Optional.of(DepositFault.CREDENTIALS_OF_NO_ADDRESS);
            default -> Optional.of(DepositFault.CREDENTIALS_OF_NO_ADDRESS);
        };
    }

    private static void differs(
            Optional<byte[]> given, byte[] computed, DepositFault fault, List<DepositFinding> findings) {
        if (given.isPresent() && !Arrays.equals(given.get(), computed)) {
            findings.add(DepositFinding.of(fault));
        }
    }

    private static DepositFileRefused refused(DepositFault fault) {
        return new DepositFileRefused(List.of(DepositFinding.of(fault)));
    }
}
