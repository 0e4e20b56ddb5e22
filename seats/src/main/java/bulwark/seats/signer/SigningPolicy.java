package bulwark.seats.signer;

import bulwark.kernel.json.JsonFields;
import bulwark.kernel.json.StrictJson;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.plan.ChainNetwork;
import bulwark.seats.plan.GasCeiling;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanKind;
import bulwark.seats.plan.PlanReader;
import bulwark.seats.plan.PlannedAction;
import bulwark.seats.plan.TextFields;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What the signer signs: the first rule that is about a plan decides, and what no rule is about is refused. Immutable.
 *
 * @param network the one chain and its contracts
 * @param treasury address of the key
 */
record SigningPolicy(ChainNetwork network, EvmAddress treasury, List<SigningRule> rules) {
    static final int MAX_BYTES = 65_536;
    private static final String SCHEMA = "csm-policy/1";
    private static final int MAX_RULES = 50;
    private static final int MAX_LIST = 200;
    private static final int MAX_APPROVALS = 10;
    private static final int MAX_COUNT = 10_000;
    /** Stands in a list of vaults for every vault that this signer signed a deposit for. */
    private static final String DEPOSITED = "deposited";

    /** What a watcher does by itself; every other kind takes a person. */
    private static final Set<PlanKind> WITHOUT_A_PERSON =
            EnumSet.of(PlanKind.PROPOSE_SETTLEMENT, PlanKind.FINALIZE_SETTLEMENT, PlanKind.BUMP_FEE);

    private static final BigInteger MAX_WEI = new BigInteger("1000000000000000000000000");

    SigningPolicy {
        rules = List.copyOf(rules);
    }

    /** @throws SigningRefused with code {@code POLICY_MALFORMED} naming every field that is wrong */
    static SigningPolicy read(byte[] utf8) {
        List<String> faults = new ArrayList<>();
        try {
            JsonFields json = JsonFields.of(StrictJson.parse(utf8), "", faults);
            TextFields fields = new TextFields(json);
            fields.exactly("schema", SCHEMA);
            ChainNetwork network = PlanReader.network(fields.object("network"));
            EvmAddress treasury = fields.address("treasury");
            Set<String> names = new HashSet<>();
            List<SigningRule> rules = json.objects("rules", MAX_RULES, each -> rule(each, names));
            if (rules.isEmpty()) {
                fields.fault("rules", "must hold a rule: without one nothing is signed");
            }
            fields.end();
            if (faults.isEmpty()) {
                return new SigningPolicy(network, treasury, rules);
            }
        } catch (StrictJson.JsonRefused e) {
            faults.add(String.valueOf(e.getMessage()));
        }
        throw new SigningRefused("POLICY_MALFORMED", "The policy cannot be used: " + String.join("; ", faults) + ".");
    }

    private static SigningRule rule(JsonFields json, Set<String> names) {
        TextFields fields = new TextFields(json);
        String name = fields.name("name");
        if (!names.add(name)) {
            fields.fault("name", "stands there twice: deposits are counted by it");
        }
        Set<PlanKind> kinds = EnumSet.noneOf(PlanKind.class);
        for (String word : json.texts("kinds", PlanKind.values().length, 40)) {
            PlanKind.of(word).ifPresentOrElse(kinds::add, () -> json.fault("kinds", "must hold kinds of plans"));
        }
        if (kinds.isEmpty()) {
            json.fault("kinds", "must not be empty");
        }
        boolean allow = fields.word("effect", "allow", "deny").equals("allow");
        int from = (int) json.wholeNumber("fromHour", 0, 23, 0);
        int to = (int) json.wholeNumber("toHour", 1, 24, 24);
        if (to <= from) {
            json.fault("toHour", "must be greater than fromHour");
        }
        int approvals = (int) json.wholeNumber("approvals", 0, MAX_APPROVALS, -1);
        if (approvals < 0 && allow) {
            json.fault("approvals", "must say how many persons beside the proposer it takes");
        }
        List<String> named = new ArrayList<>(json.texts("vaults", MAX_LIST, 42));
        boolean deposited = named.remove(DEPOSITED);
        Set<EvmAddress> vaults = addresses(json, "vaults", named);
        int perDay = (int) json.wholeNumber("perDay", 0, MAX_COUNT, 0);
        if (allow && approvals == 0) {
            requireOfWatcher(json, kinds, deposited || !vaults.isEmpty(), perDay);
        }
        SigningRule rule = new SigningRule(
                name,
                allow,
                kinds,
                vaults,
                deposited,
                addresses(json, "beneficiaries", json.texts("beneficiaries", MAX_LIST, 42)),
                fields.amount("maxValueWei", BigInteger.ZERO, MAX_WEI),
                fields.amount("maxFeePerGasWei", BigInteger.ONE, MAX_WEI),
                fields.number("maxGas", GasCeiling.MIN_LIMIT, GasCeiling.MAX_LIMIT),
                Math.max(0, approvals),
                (int) json.wholeNumber("perHour", 0, MAX_COUNT, 0),
                perDay,
                from,
                to);
        fields.end();
        return rule;
    }

    /** Without a person, settlements of vaults that the rule names are begun and ended, and fees of approved calls raised; nothing else. */
    private static void requireOfWatcher(JsonFields json, Set<PlanKind> kinds, boolean ofVaults, int perDay) {
        if (!WITHOUT_A_PERSON.containsAll(kinds)) {
            json.fault(
                    "approvals",
                    "must be 1 or more, but for rules of settle-propose, settle-finalize and fee-bump alone: every other"
                            + " action takes a person");
        } else if (!kinds.equals(EnumSet.of(PlanKind.BUMP_FEE))) {
            if (!ofVaults) {
                json.fault(
                        "vaults",
                        "must name the vaults that are settled without a person, or say deposited: those that this"
                                + " signer signed a deposit for");
            }
            if (perDay == 0) {
                json.fault("perDay", "must bound what is signed without a person in a day: 1 or more");
            }
        }
    }

    private static Set<EvmAddress> addresses(JsonFields json, String field, List<String> texts) {
        Set<EvmAddress> addresses = new HashSet<>();
        for (String text : texts) {
            EvmAddress.parse(text).ifPresentOrElse(addresses::add, () -> json.fault(field, "must hold addresses"));
        }
        return addresses;
    }

    /** The first rule that is about the plan. @param deposited whether this signer signed a deposit for a vault */
    Optional<SigningRule> find(Plan plan, Predicate<EvmAddress> deposited) {
        return rules.stream().filter(rule -> isAbout(rule, plan, deposited)).findFirst();
    }

    private static boolean isAbout(SigningRule rule, Plan plan, Predicate<EvmAddress> deposited) {
        // A denial has no ceiling: above one, the plan would slip past it to a later rule that allows.
        boolean inValue = !rule.allow() || plan.value().compareTo(rule.maxValueWei()) <= 0;
        return rule.kinds().contains(plan.kind())
                && inValue
                && isAboutVault(rule, plan, deposited)
                && (rule.beneficiaries().isEmpty()
                        || beneficiary(plan).map(rule.beneficiaries()::contains).orElse(false));
    }

    private static boolean isAboutVault(SigningRule rule, Plan plan, Predicate<EvmAddress> deposited) {
        if (rule.vaults().isEmpty() && !rule.depositedVaults()) {
            return true;
        }
        return vault(plan)
                .filter(vault -> rule.vaults().contains(vault) || (rule.depositedVaults() && deposited.test(vault)))
                .isPresent();
    }

    private static Optional<EvmAddress> vault(Plan plan) {
        return switch (plan.action()) {
            case PlannedAction.Deposit deposit -> Optional.of(deposit.vault());
            case PlannedAction.DeployVault deploy -> Optional.of(deploy.vault());
            case PlannedAction.ForceExit exit -> Optional.of(exit.vault());
            case PlannedAction.ProposeSettlement propose -> Optional.of(propose.vault());
            case PlannedAction.VaultStep step -> Optional.of(step.vault());
            default -> Optional.empty();
        };
    }

    private static Optional<EvmAddress> beneficiary(Plan plan) {
        return switch (plan.action()) {
            case PlannedAction.Deposit deposit ->
                Optional.of(deposit.parameters().beneficiary());
            case PlannedAction.DeployVault deploy ->
                Optional.of(deploy.parameters().beneficiary());
            default -> Optional.empty();
        };
    }
}
