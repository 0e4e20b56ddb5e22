package bulwark.seats.approval;

import bulwark.kernel.json.JsonFields;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Signing;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanDigest;
import bulwark.seats.plan.TextFields;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The people who may approve, each with a key or several of their own. The signer reads its own copy and believes no other. Immutable. */
public final class ApproverList {
    public static final int MAX_BYTES = 65_536;
    public static final ApproverList EMPTY = new ApproverList(Map.of());

    private static final String SCHEMA = "csm-approvers/1";
    private static final int MAX_KEYS = 200;
    /** Clocks of two machines differ by less. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(2);

    private final Map<String, String> personByKey;

    private ApproverList(Map<String, String> personByKey) {
        this.personByKey = Map.copyOf(personByKey);
    }

    /** @throws ApprovalRefused with code {@code APPROVERS_MALFORMED} naming what is wrong; a key that stands there twice is */
    public static ApproverList read(byte[] utf8) {
        if (utf8.length > MAX_BYTES) {
            throw malformed("the list of approvers has at most " + MAX_BYTES + " bytes");
        }
        List<String> faults = new ArrayList<>();
        Map<String, String> people = new HashMap<>();
        try {
            JsonFields fields = JsonFields.of(StrictJson.parse(utf8), "", faults);
            new TextFields(fields).exactly("schema", SCHEMA);
            fields.objects("approvers", MAX_KEYS, each -> {
                String person = new TextFields(each).name("person");
                if (!person.equals(person.toLowerCase(Locale.ROOT))) {
                    each.fault("person", "must be in lower case: two spellings are not two people");
                }
                String key = each.text(
                        "publicKey", 100, text -> Approval.TOKEN.matcher(text).matches(), "must be base64url");
                each.end();
                if (people.put(key, person) != null) {
                    each.fault("publicKey", "stands there twice: two people have two keys");
                }
                return key;
            });
            fields.end();
        } catch (StrictJson.JsonRefused e) {
            throw malformed(String.valueOf(e.getMessage()));
        }
        if (!faults.isEmpty()) {
            throw malformed(String.join("; ", faults));
        }
        return new ApproverList(people);
    }

    public boolean isEmpty() {
        return personByKey.isEmpty();
    }

    /** Whose key this is. */
    public Optional<String> person(String publicKey) {
        return Optional.ofNullable(personByKey.get(publicKey));
    }

    /**
     * Looks at one approval or rejection of a plan.
     *
     * @throws ApprovalRefused when it is of another plan, forged, expired, of an unknown key, of another person than its key's, or of the plan's proposer
     */
    public void check(Plan plan, Approval approval, Signing signing, Instant now) {
        check(plan.digest(), plan.proposer(), approval, signing, now);
    }

    /** As {@link #check(Plan, Approval, Signing, Instant)}, of anything else that people approve by its digest. */
    public void check(PlanDigest digest, String proposer, Approval approval, Signing signing, Instant now) {
        if (!approval.plan().equals(digest)) {
            throw new ApprovalRefused(
                    "APPROVAL_OF_ANOTHER_PLAN",
                    "The approval of " + approval.person() + " is about another plan: approve the digest "
                            + digest.groups() + ".");
        }
        String person = person(approval.publicKey())
                .orElseThrow(() -> new ApprovalRefused(
                        "APPROVER_UNKNOWN",
                        "The key of the approval of " + approval.person() + " is not in the list of approvers."));
        if (!person.equals(approval.person())) {
            throw new ApprovalRefused(
                    "APPROVER_MISMATCH",
                    "The approval names " + approval.person() + ", and its key belongs to another.");
        }
        if (!approval.isGenuine(signing)) {
            throw new ApprovalRefused(
                    "APPROVAL_FORGED", "The signature of the approval of " + person + " is not that of their key.");
        }
        if (approval.createdAt().isAfter(now.plus(CLOCK_TOLERANCE)) || !now.isBefore(approval.expiresAt())) {
            throw new ApprovalRefused(
                    "APPROVAL_EXPIRED",
                    "The approval of " + person + " counts from " + approval.createdAt() + " to " + approval.expiresAt()
                            + ", and not now: approve again.");
        }
        if (person.equalsIgnoreCase(proposer) && !approval.isRejection()) {
            throw new ApprovalRefused(
                    "APPROVAL_OF_PROPOSER", person + " proposed the plan and cannot approve it: another person must.");
        }
    }

    /**
     * Looks at all approvals together.
     *
     * @param needed distinct persons beside the proposer
     * @return their names
     * @throws ApprovalRefused at the first that does not count, at a rejection, at a person that comes twice, and when there are too few
     */
    public Set<String> require(Plan plan, List<Approval> approvals, int needed, Signing signing, Instant now) {
        return require(plan.digest(), plan.proposer(), approvals, needed, signing, now);
    }

    /** As {@link #require(Plan, List, int, Signing, Instant)}, of anything else that people approve by its digest. */
    public Set<String> require(
            PlanDigest digest, String proposer, List<Approval> approvals, int needed, Signing signing, Instant now) {
        Set<String> persons = new HashSet<>();
        for (Approval approval : approvals) {
            check(digest, proposer, approval, signing, now);
            if (approval.isRejection()) {
                throw new ApprovalRefused("PLAN_REJECTED", approval.person() + " rejected the plan.");
            }
            if (!persons.add(approval.person())) {
                throw new ApprovalRefused(
                        "APPROVER_TWICE", approval.person() + " stands among the approvals twice and counts once.");
            }
        }
        if (persons.size() < needed) {
            throw new ApprovalRefused(
                    "APPROVALS_MISSING",
                    "The plan has " + persons.size() + " of " + needed
                            + " approvals: let another person run seat-manager approve.");
        }
        return persons;
    }

    private static ApprovalRefused malformed(String sentence) {
        return new ApprovalRefused("APPROVERS_MALFORMED", sentence);
    }
}
