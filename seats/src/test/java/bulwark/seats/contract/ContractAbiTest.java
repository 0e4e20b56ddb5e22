package bulwark.seats.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Keccak256;
import java.lang.reflect.Field;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ContractAbiTest {
    private static final Map<ContractCode, Class<?>> TABLES = Map.of(
            ContractCode.DEPOSIT_GATE, DepositGateAbi.class,
            ContractCode.TREASURY_ROUTER, TreasuryRouterAbi.class,
            ContractCode.VAULT_FACTORY, VaultFactoryAbi.class,
            ContractCode.WITHDRAWAL_VAULT, WithdrawalVaultAbi.class);

    @Test
    void every_function_that_we_call_is_one_that_the_compiler_wrote() throws Exception {
        for (Map.Entry<ContractCode, Class<?>> table : TABLES.entrySet()) {
            List<String> compiled = compiled(table.getKey());
            for (Field field : table.getValue().getDeclaredFields()) {
                if (field.getType() != ContractFunction.class) {
                    continue;
                }
                ContractFunction function = (ContractFunction) field.get(null);
                assertThat(compiled)
                        .contains(function.signature()
                                + function.outputs().stream()
                                        .map(AbiType::solidity)
                                        .collect(Collectors.joining(",", "->(", ")")));
            }
        }
    }

    private static List<String> compiled(ContractCode code) {
        List<String> functions = new ArrayList<>();
        for (JsonNode each : StrictJson.parse(code.abiJson().getBytes(StandardCharsets.US_ASCII))) {
            if (each.path("type").asString().equals("function")) {
                functions.add(
                        each.path("name").asString() + types(each.path("inputs")) + "->" + types(each.path("outputs")));
            }
        }
        return functions;
    }

    private static String types(JsonNode parameters) {
        return IntStream.range(0, parameters.size())
                .mapToObj(i -> parameters.get(i).path("type").asString())
                .collect(Collectors.joining(",", "(", ")"));
    }

    @Test
    void selectors_are_those_that_the_deposit_contract_of_every_network_has() {
        assertThat(HexText.of(DepositGateAbi.DEPOSIT.selector())).isEqualTo("0x22895118");
        assertThat(HexText.of(DepositGateAbi.GET_DEPOSIT_ROOT.selector())).isEqualTo("0xc5f2892f");
        assertThat(HexText.of(DepositGateAbi.GET_DEPOSIT_COUNT.selector())).isEqualTo("0x621fd130");
        assertThat(HexText.of(Keccak256.hash(
                        "DepositEvent(bytes,bytes,bytes,bytes,bytes)".getBytes(StandardCharsets.US_ASCII))))
                .isEqualTo(DepositGateAbi.DEPOSIT_TOPIC);
    }

    @Test
    void calldata_is_read_back_as_it_was_written_and_no_other_encoding_of_it_is_taken() {
        byte[] pubkey = new byte[48];
        Arrays.fill(pubkey, (byte) 0xab);
        byte[] call = TreasuryRouterAbi.ADD_ALLOWED_FOR.call(pubkey, new byte[32], 32_000_000_000L, EvmAddress.ZERO);
        AbiValues arguments = TreasuryRouterAbi.ADD_ALLOWED_FOR.arguments(call);
        assertThat(arguments.bytes(0)).isEqualTo(pubkey);
        assertThat(arguments.number(2)).isEqualTo(BigInteger.valueOf(32_000_000_000L));
        assertThat(arguments.address(3)).isEqualTo(EvmAddress.ZERO);
        for (int i = 0; i < call.length; i++) {
            byte[] other = call.clone();
            other[i] ^= 1;
            try {
                AbiValues read = TreasuryRouterAbi.ADD_ALLOWED_FOR.arguments(other);
                assertThat(TreasuryRouterAbi.ADD_ALLOWED_FOR.call(
                                read.bytes(0), read.bytes(1), read.number(2), read.address(3)))
                        .isEqualTo(other);
            } catch (AbiRefused expected) {
                assertThat(expected).hasMessageEndingWith(".");
            }
        }
        assertThatThrownBy(() -> TreasuryRouterAbi.ADD_ALLOWED_FOR.arguments(Arrays.copyOf(call, call.length + 32)))
                .isInstanceOf(AbiRefused.class);
        assertThatThrownBy(() -> TreasuryRouterAbi.REMOVE_ALLOWED.arguments(call))
                .isInstanceOf(AbiRefused.class);
    }

    @Test
    void an_answer_that_is_cut_padded_or_out_of_range_is_refused() {
        for (byte[] answer : List.of(new byte[0], new byte[31], new byte[33], new byte[64], new byte[8192])) {
            assertThatThrownBy(() -> DepositGateAbi.OWNER.result(answer)).isInstanceOf(AbiRefused.class);
        }
        byte[] two = new byte[32];
        two[31] = 2;
        assertThatThrownBy(() -> DepositGateAbi.ALLOWLIST_ENABLED.result(two)).isInstanceOf(AbiRefused.class);
        byte[] long21 = new byte[32];
        long21[11] = 1;
        assertThatThrownBy(() -> DepositGateAbi.OWNER.result(long21)).isInstanceOf(AbiRefused.class);
    }
}
