package bulwark.seats.send;

import bulwark.seats.approval.Approval;
import bulwark.seats.chain.EventLog;
import bulwark.seats.chain.Preflight;
import bulwark.seats.chain.TransactionReceipt;
import bulwark.seats.contract.HexText;
import bulwark.seats.evidence.BundleWriter.Draft;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanSentence;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What stands in bundles: all of it is public, or public soon. No secret is ever at hand here. */
final class SendEvidence {
    private SendEvidence() {}

    /** Before a broadcast. */
    static Draft action(TransactionIntent intent, Preflight.Report report, String now) {
        Plan plan = intent.plan();
        Map<String, Object> content = common(intent, now);
        content.put("sentence", PlanSentence.of(plan));
        content.put("plan", plan.json());
        content.put("approvals", intent.approvals().stream().map(Approval::json).toList());
        // The member chain of a bundle is the chain of bundles.
        content.put(
                "blockchain",
                Map.of(
                        "id", Long.toString(plan.network().chainId()),
                        "blockNumber", report.facts().getOrDefault("blockNumber", ""),
                        "blockHash", report.facts().getOrDefault("blockHash", "")));
        content.put(
                "preflight", report.checks().stream().map(SendEvidence::check).toList());
        content.put("facts", report.facts());
        content.put("contract", contract(plan));
        content.put(
                "calls",
                List.of(Map.of(
                        "to", plan.target().text(),
                        "value", plan.value().toString(),
                        "data", plan.calldata(),
                        "decoded", plan.action().json())));
        content.put("signer", plan.treasury().text());
        content.put("tx", transaction(intent));
        return new Draft(intent.id(), plan.kind().word(), content);
    }

    private static Map<String, Object> common(TransactionIntent intent, String now) {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("id", intent.id());
        content.put("createdAt", now);
        content.put("actor", intent.actor());
        content.put("requestId", intent.requestId());
        content.put("seat", Long.toString(intent.plan().seatId()));
        content.put("planDigest", intent.plan().digest().text());
        content.put("operation", intent.operationId());
        return content;
    }

    private static Map<String, Object> contract(Plan plan) {
        Map<String, Object> contract = new LinkedHashMap<>();
        contract.put("address", plan.network().depositContract().text());
        contract.put("runtimeCodeHash", plan.preconditions().depositContractCodeHash());
        contract.put("owner", plan.preconditions().owner().text());
        return contract;
    }

    private static Map<String, Object> check(Preflight.Check check) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("label", check.label());
        json.put("check", check.name());
        json.put("expected", check.expected());
        json.put("actual", check.actual());
        json.put("ok", check.ok());
        return json;
    }

    private static Map<String, Object> transaction(TransactionIntent intent) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("nonce", Long.toString(intent.nonce()));
        json.put("attempt", Long.toString(intent.attempt()));
        json.put("gasLimit", Long.toString(intent.fees().gasLimit()));
        json.put("maxFeePerGas", intent.fees().maxFee().toString());
        json.put("maxPriorityFeePerGas", intent.fees().maxPriorityFee().toString());
        json.put("hash", intent.requireHash());
        json.put("raw", intent.requireRaw());
        return json;
    }

    /** What came of it. @param problem with the effect; empty when all is right */
    static Draft receipt(TransactionIntent intent, TransactionReceipt receipt, String problem, String now) {
        Map<String, Object> content = common(intent, now);
        content.put("of", String.valueOf(intent.evidence()));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("transactionHash", receipt.transactionHash());
        json.put("blockNumber", Long.toString(receipt.blockNumber()));
        json.put("blockHash", receipt.blockHash());
        json.put("status", receipt.succeeded() ? "1" : "0");
        json.put("gasUsed", Long.toString(receipt.gasUsed()));
        content.put("receipt", json);
        content.put("events", receipt.logs().stream().map(SendEvidence::event).toList());
        content.put("problem", problem);
        return new Draft(intent.id() + ":" + receipt.blockHash(), "receipt", content);
    }

    private static Map<String, Object> event(EventLog log) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("address", log.address().text());
        json.put("topics", log.topics());
        json.put("data", HexText.of(log.data()));
        json.put("index", Long.toString(log.index()));
        return json;
    }
}
