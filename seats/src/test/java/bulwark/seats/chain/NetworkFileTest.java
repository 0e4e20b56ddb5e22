package bulwark.seats.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import bulwark.kernel.json.StrictJson;
import bulwark.seats.chain.NetworkFile.NetworkFileRefused;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.deposit.ForkVersion;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkFileTest {
    private static final NetworkFile NETWORK = new NetworkFile(
            "local",
            286,
            new ForkVersion("00000286"),
            address(1),
            address(2),
            address(3),
            address(9),
            hash("11"),
            hash("22"),
            hash("33"),
            hash("44"),
            hash("55"),
            7);

    private static EvmAddress address(int number) {
        return new EvmAddress("0x%040x".formatted(number));
    }

    private static String hash(String digits) {
        return "0x" + digits.repeat(32);
    }

    private static NetworkFileRefused refused(byte[] file) {
        return catchThrowableOfType(NetworkFileRefused.class, () -> NetworkFile.read(file));
    }

    @Test
    void what_is_written_is_what_is_read() {
        assertThat(NetworkFile.read(StrictJson.write(NETWORK.json()))).isEqualTo(NETWORK);
    }

    @ParameterizedTest
    @CsvSource({
        "name, '', name",
        "chainId, 0, chainId",
        "chainId, 0286, chainId",
        "genesisForkVersion, 00000286, genesisForkVersion",
        "genesisForkVersion, 0x00000000, genesisForkVersion is that of Ethereum mainnet",
        "genesisForkVersion, 0x01017000, genesisForkVersion is that of Holesky",
        "depositContract, 0x12, depositContract",
        "vaultFactory, 0x000000000000000000000000000000000000000A, vaultFactory",
        "treasuryRouter, 0x0000000000000000000000000000000000000001, treasuryRouter must differ",
        "treasury, none, treasury",
        "genesisBlock, -1, genesisBlock",
        "schema, csm-network/2, schema",
        "extra, 1, extra",
    })
    void each_fault_is_refused_by_its_fields_name(String field, String value, String sentence) {
        Map<String, Object> json = new LinkedHashMap<>(NETWORK.json());
        json.put(field, value);
        assertThat(refused(StrictJson.write(json)).faults()).anyMatch(fault -> fault.startsWith(sentence));
        json.remove(field);
        if (NETWORK.json().containsKey(field)) {
            assertThat(refused(StrictJson.write(json)).faults()).anyMatch(fault -> fault.startsWith(field));
        }
    }

    @Test
    void every_hash_has_a_field_of_its_own_and_all_faults_come_at_once() {
        Map<String, Object> json = new LinkedHashMap<>(NETWORK.json());
        json.put("codeHashes", Map.of("vault", "0x1", "gate", hash("11")));
        json.put("chainId", "x");
        assertThat(refused(StrictJson.write(json)).faults())
                .anyMatch(fault -> fault.startsWith("codeHashes.depositContract"))
                .anyMatch(fault -> fault.startsWith("codeHashes.vaultFactory"))
                .anyMatch(fault -> fault.startsWith("codeHashes.treasuryRouter"))
                .anyMatch(fault -> fault.startsWith("codeHashes.vault "))
                .anyMatch(fault -> fault.startsWith("codeHashes.vaultCreation"))
                .anyMatch(fault -> fault.startsWith("codeHashes.gate"))
                .anyMatch(fault -> fault.startsWith("chainId"));
    }

    @Test
    void what_is_no_json_or_too_long_is_refused() {
        for (String text : new String[] {"", "[]", "{", "{\"schema\":1,\"schema\":1}", " ".repeat(20_000)}) {
            assertThat(refused(text.getBytes(StandardCharsets.UTF_8)).faults()).isNotEmpty();
        }
    }
}
