package bulwark.seats.chain;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.seats.contract.DepositGateAbi;
import bulwark.seats.contract.HexText;
import bulwark.seats.contract.TreasuryRouterAbi;
import bulwark.testkit.AnvilChain;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.BinaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class PreflightTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private static AnvilChain chain;
    private static LocalContracts contracts;
    private static ScriptedNode scripted;
    private static JsonRpcClient honest;
    private static JsonRpcClient lying;

    @BeforeAll
    static void start() {
        chain = AnvilChain.start();
        contracts = new LocalContracts(chain);
        scripted = new ScriptedNode(chain.uri());
        honest = new JsonRpcClient(new RpcEndpoint("honest", chain.uri()), TIMEOUT);
        lying = new JsonRpcClient(new RpcEndpoint("lying", scripted.uri()), TIMEOUT);
    }

    @AfterAll
    static void stop() {
        if (chain != null) {
            honest.close();
            lying.close();
            scripted.close();
            chain.close();
        }
    }

    private static Preflight.Report report(BinaryOperator<String> lie) {
        scripted.lies(lie);
        return new Preflight(
                        contracts.canonical(),
                        List.of(new ExecutionNode(honest), new ExecutionNode(lying)),
                        Clock.systemUTC())
                .run();
    }

    @Test
    void two_labels_that_agree_give_the_facts_of_their_common_block() {
        Preflight.Report report = report((method, answer) -> answer);
        assertThat(report.problems()).isEmpty();
        assertThat(report.ok()).isTrue();
        assertThat(report.facts())
                .containsEntry("epoch", "1")
                .containsEntry("allowlist", "true")
                .containsEntry("ownerOnly", "true")
                .containsEntry("paused", "false")
                .containsKeys("blockHash", "depositRoot");
    }

    @Test
    void one_label_alone_proves_nothing_however_often_it_is_named() {
        ExecutionNode node = new ExecutionNode(honest);
        assertThat(new Preflight(contracts.canonical(), List.of(node, node), Clock.systemUTC())
                        .run()
                        .problems())
                .containsExactly("all: labels is 1, and not 2 or more");
    }

    /** Each lie is of one answer alone; the finding names the label and the field. */
    @ParameterizedTest
    @CsvSource({
        "eth_chainId, 0x11e, 0x1, chainId",
        "eth_getCode, 0x60, 0x61, gate code",
        "eth_getBlockByNumber, \"hash\":\"0x, \"hash\":\"0xff, head",
    })
    void a_lie_about_chain_code_or_block_is_found(String method, String truth, String told, String field) {
        Preflight.Report report =
                report((asked, answer) -> asked.startsWith(method) ? answer.replaceFirst(truth, told) : answer);
        assertThat(report.ok()).isFalse();
        assertThat(report.problems()).anyMatch(problem -> problem.startsWith("lying: " + field));
    }

    @Test
    void a_changed_owner_epoch_or_signer_is_found() {
        String zero = "\"0x" + "0".repeat(64) + "\"";
        for (String selector : List.of(
                HexText.of(DepositGateAbi.OWNER.selector()),
                HexText.of(DepositGateAbi.OWNERSHIP_EPOCH.selector()),
                HexText.of(DepositGateAbi.GET_DEPOSIT_ROOT.selector()),
                HexText.of(DepositGateAbi.ALLOWLIST_ENABLED.selector()),
                HexText.of(TreasuryRouterAbi.ACTIVE_SIGNER.selector()))) {
            Preflight.Report report = report((asked, answer) -> asked.startsWith("eth_call") && asked.contains(selector)
                    ? answer.replaceFirst("\"0x[0-9a-f]+\"", zero)
                    : answer);
            assertThat(report.ok()).as(selector).isFalse();
            assertThat(report.problems()).allMatch(problem -> problem.startsWith("lying: "));
        }
    }

    @Test
    void a_head_that_is_old_and_one_from_the_future_are_found() {
        for (String time : List.of("0x5f5e0ff", "0x7fffffffff")) {
            Preflight.Report report = report((asked, answer) -> asked.startsWith("eth_getBlockByNumber")
                    ? answer.replaceFirst("\"timestamp\":\"0x[0-9a-f]+\"", "\"timestamp\":\"" + time + "\"")
                    : answer);
            assertThat(report.problems()).anyMatch(problem -> problem.startsWith("lying: head age"));
        }
    }

    @Test
    void an_answer_that_is_cut_empty_or_of_another_request_is_found_as_none() {
        for (BinaryOperator<String> lie : List.<BinaryOperator<String>>of(
                (asked, answer) -> answer.substring(0, answer.length() / 2),
                (asked, answer) -> "",
                (asked, answer) -> answer.replaceFirst("\"id\":[0-9]+", "\"id\":77777"),
                (asked, answer) ->
                        "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32000,\"message\":\"no\\u0000\"}}",
                (asked, answer) -> answer.replaceFirst("\"result\":.*}", "\"result\":null}"),
                (asked, answer) -> answer.replaceFirst("\"result\":.*}", "\"result\":\"0x0_\"}"))) {
            Preflight.Report report = report(lie);
            assertThat(report.ok()).isFalse();
            assertThat(report.problems()).isNotEmpty().allMatch(problem -> problem.startsWith("lying: "));
        }
    }
}
