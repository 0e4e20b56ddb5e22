package bulwark.seats.signer;

import bulwark.kernel.json.JsonFields;
import bulwark.kernel.json.StrictJson;
import bulwark.seats.approval.Approval;
import bulwark.seats.approval.ApprovalRefused;
import bulwark.seats.plan.GasCeiling;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanReader;
import bulwark.seats.plan.PlanRefused;
import bulwark.seats.plan.TextFields;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * A plan with what people said of it, and the fields of its transaction that are known only when it is sent. Immutable.
 *
 * @param approvals as they were handed in
 * @param nonce of the treasury's account
 */
public record SigningRequest(
        Plan plan,
        List<Approval> approvals,
        long nonce,
        long gasLimit,
        BigInteger maxFeePerGas,
        BigInteger maxPriorityFeePerGas) {
    private static final int MAX_APPROVALS = 20;
    private static final long MAX_NONCE = 1L << 53;
    private static final BigInteger MAX_FEE = new BigInteger("1000000000000000");

    public SigningRequest {
        approvals = List.copyOf(approvals);
    }

    /** @throws SigningRefused naming every field that is wrong */
    static SigningRequest read(JsonNode document) {
        List<String> faults = new ArrayList<>();
        JsonFields json = JsonFields.of(document, "", faults);
        TextFields fields = new TextFields(json);
        fields.exactly("request", "sign");
        JsonNode plan = fields.rawObject("plan").orElse(document);
        List<Approval> approvals = new ArrayList<>();
        JsonNode list = document.get("approvals");
        json.objects("approvals", MAX_APPROVALS, each -> each);
        TextFields transaction = fields.object("transaction");
        long nonce = transaction.number("nonce", 0, MAX_NONCE);
        long gas = transaction.number("gasLimit", GasCeiling.MIN_LIMIT, GasCeiling.MAX_LIMIT);
        BigInteger fee = transaction.amount("maxFeePerGas", BigInteger.ONE, MAX_FEE);
        BigInteger tip = transaction.amount("maxPriorityFeePerGas", BigInteger.ZERO, fee);
        transaction.end();
        fields.end();
        if (!faults.isEmpty()) {
            throw new SigningRefused("REQUEST_MALFORMED", String.join("; ", faults));
        }
        try {
            if (list != null && list.isArray()) {
                list.forEach(each -> approvals.add(Approval.read(each)));
            }
            return new SigningRequest(PlanReader.read(plan), approvals, nonce, gas, fee, tip);
        } catch (PlanRefused e) {
            throw new SigningRefused("PLAN_MALFORMED", String.join("; ", e.faults()));
        } catch (ApprovalRefused e) {
            throw new SigningRefused(e.code(), String.valueOf(e.getMessage()));
        }
    }

    /** As it travels to the signer. */
    public byte[] bytes() {
        Map<String, Object> transaction = new LinkedHashMap<>();
        transaction.put("nonce", Long.toString(nonce));
        transaction.put("gasLimit", Long.toString(gasLimit));
        transaction.put("maxFeePerGas", maxFeePerGas.toString());
        transaction.put("maxPriorityFeePerGas", maxPriorityFeePerGas.toString());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("request", "sign");
        json.put("plan", plan.json());
        json.put("approvals", approvals.stream().map(Approval::json).toList());
        json.put("transaction", transaction);
        return StrictJson.write(json);
    }

    FeeMarketTransaction transaction() {
        String calldata = plan.calldata();
        return new FeeMarketTransaction(
                plan.network().chainId(),
                nonce,
                maxPriorityFeePerGas,
                maxFeePerGas,
                gasLimit,
                plan.target(),
                plan.value(),
                java.util.HexFormat.of().parseHex(calldata, 2, calldata.length()));
    }
}
