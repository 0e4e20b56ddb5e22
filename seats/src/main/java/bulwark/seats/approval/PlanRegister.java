package bulwark.seats.approval;

import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.seats.approval.PlanRows.Stored;
import bulwark.seats.identity.Identity;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanCheck;
import bulwark.seats.plan.PlanDigest;
import bulwark.seats.plan.PlanSentence;
import bulwark.seats.plan.VaultCode;
import bulwark.seats.route.Call;
import bulwark.seats.route.FieldRule;
import bulwark.seats.route.RequestRules;
import bulwark.seats.route.Roles;
import bulwark.seats.route.SeatRoute;
import bulwark.seats.seat.Seat;
import bulwark.seats.store.SeatStore;
import bulwark.web.ApiRefusal;
import bulwark.web.ApiRefusal.Kind;
import bulwark.web.Response;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Plans as the API keeps them, with what people said of them. What counts at the end is what the signer makes of both, by itself. Thread-safe. */
public final class PlanRegister {
    private static final int MAX_PAGE = 100;

    private final SeatStore store;
    private final Identity identity;
    private final PlanSettings settings;
    private final Signing signing = Signing.fastest();
    private final Clock clock;

    public PlanRegister(SeatStore store, Identity identity, PlanSettings settings, Clock clock) {
        this.store = store;
        this.identity = identity;
        this.settings = settings;
        this.clock = clock;
    }

    public List<SeatRoute> routes() {
        RequestRules filters = RequestRules.query(
                FieldRule.id("seat_id").optional(),
                FieldRule.word("status", PlanRows.OPEN, PlanRows.REJECTED, PlanRows.VOID)
                        .optional(),
                FieldRule.number("limit", 1, MAX_PAGE),
                FieldRule.number("offset", 0, 100_000_000));
        return List.of(
                SeatRoute.changes(
                                "POST",
                                "/v1/seats/{id}/plans",
                                "Plan an action of a seat: nothing is signed or sent",
                                Roles.ADMIN,
                                PlanProposal.rules(),
                                201,
                                this::propose)
                        .takenBy(SeatRoute.Callers.PERSON)
                        .withIdempotency(),
                SeatRoute.reads("/v1/plans", "Plans, newest first", Roles.VIEWER, filters, this::list),
                SeatRoute.reads(
                        "/v1/plans/{id}",
                        "One plan with its sentence, digest, faults and approvals",
                        Roles.VIEWER,
                        RequestRules.NOTHING,
                        this::read),
                SeatRoute.changes(
                        "POST",
                        "/v1/plans/{id}/approvals",
                        "Hand in an approval or rejection that its person signed",
                        Roles.OPERATOR,
                        RequestRules.body(
                                FieldRule.word("schema", Approval.SCHEMA),
                                FieldRule.digest("plan"),
                                FieldRule.word("decision", Approval.APPROVE, Approval.REJECT),
                                FieldRule.text("person", 1, 100),
                                FieldRule.base64Url("publicKey"),
                                FieldRule.time("createdAt"),
                                FieldRule.time("expiresAt"),
                                FieldRule.base64Url("signature")),
                        200,
                        this::decide),
                SeatRoute.changes(
                        "POST",
                        "/v1/plans/{id}/void",
                        "Make a plan void, for instance because a precondition changed",
                        Roles.OPERATOR,
                        RequestRules.body(FieldRule.text("reason", 1, 500)),
                        200,
                        this::voidPlan));
    }

    /** Whether this many persons are asked for that one alone could be enough. */
    public boolean asksForOneApproval() {
        return settings.approvals() == 1;
    }

    private Response propose(WriteTx tx, Call call) throws SQLException {
        PlanSettings.Chain chain = settings.chain();
        if (chain == null) {
            throw new ApiRefusal(
                    Kind.UNAVAILABLE,
                    "plans_not_configured",
                    "Plans need " + String.join(", ", settings.missing()) + ": set them and restart.");
        }
        Seat seat = PlanRows.seat(tx, call.request().pathParameter("id"))
                .orElseThrow(() -> new ApiRefusal(Kind.NOT_FOUND, "not_found", "There is no seat with this id."));
        if (seat.status().equals("REVOKED")) {
            throw new ApiRefusal(Kind.CONFLICT, "state_conflict", "A seat that is REVOKED has no actions left.");
        }
        String person = identity.callerName(tx, call);
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Plan plan = new PlanProposal(settings, chain, call, seat).plan(person, now, replaced(tx, call, seat));
        for (PlanDigest former : PlanRows.open(tx, seat.id(), plan.kind().word())) {
            if (!former.equals(plan.digest())) {
                makeVoid(tx, call, former, "superseded by plan " + plan.digest());
            }
        }
        if (PlanRows.insert(tx, plan)) {
            Map<String, Object> detail = new LinkedHashMap<>();
            detail.put("kind", plan.kind().word());
            detail.put("seat", Long.toString(seat.id()));
            detail.put("sentence", PlanSentence.of(plan));
            detail.put("person", person);
            append(tx, call, PlanEvents.PROPOSED, plan.digest(), detail);
        }
        return Response.json(201, json(tx, PlanRows.find(tx, plan.digest()).orElseThrow()));
    }

    private static @Nullable Plan replaced(ReadTx tx, Call call, Seat seat) throws SQLException {
        Optional<PlanDigest> digest = call.optionalText("replaces").flatMap(PlanDigest::parse);
        return digest.isEmpty()
                ? null
                : PlanRows.find(tx, digest.get())
                        .map(Stored::plan)
                        .filter(plan -> plan.seatId() == seat.id())
                        .orElse(null);
    }

    private Response list(Call call) {
        Long seat = call.parameter("seat_id").map(Long::valueOf).orElse(null);
        String status = call.parameter("status").orElse(null);
        return store.read(tx -> {
            List<Map<String, Object>> items = new ArrayList<>();
            for (Stored stored : PlanRows.page(tx, seat, status, call.number("limit", 50), call.number("offset", 0))) {
                items.add(json(tx, stored));
            }
            return Response.json(200, Map.of("items", items));
        });
    }

    private Response read(Call call) {
        return store.read(tx -> Response.json(200, json(tx, existing(tx, call))));
    }

    private Response decide(WriteTx tx, Call call) throws SQLException {
        Stored stored = existing(tx, call);
        requireOpen(stored);
        byte[] document = StrictJson.write(call.fields());
        Approval approval;
        try {
            approval = Approval.read(document);
            settings.approvers().check(stored.plan(), approval, signing, clock.instant());
        } catch (ApprovalRefused e) {
            throw refused(e);
        }
        PlanRows.put(tx, approval, StrictJson.text(approval.json()));
        if (approval.isRejection()) {
            PlanRows.end(tx, stored.plan().digest(), PlanRows.REJECTED, "rejected by " + approval.person());
        }
        append(
                tx,
                call,
                PlanEvents.DECIDED,
                stored.plan().digest(),
                Map.of("decision", approval.decision(), "person", approval.person(), "key", approval.publicKey()));
        return Response.json(200, json(tx, existing(tx, call)));
    }

    private static ApiRefusal refused(ApprovalRefused e) {
        return new ApiRefusal(Kind.INVALID, e.code().toLowerCase(Locale.ROOT), String.valueOf(e.getMessage()));
    }

    private void requireOpen(Stored stored) {
        if (!stored.status().equals(PlanRows.OPEN)
                || !clock.instant().isBefore(stored.plan().expiresAt())) {
            throw new ApiRefusal(
                    Kind.CONFLICT, "plan_closed", "The plan is " + status(stored, List.of()) + ": make a fresh one.");
        }
    }

    private Response voidPlan(WriteTx tx, Call call) throws SQLException {
        Stored stored = existing(tx, call);
        requireOpen(stored);
        makeVoid(tx, call, stored.plan().digest(), call.text("reason"));
        return Response.json(200, json(tx, existing(tx, call)));
    }

    private void makeVoid(WriteTx tx, Call call, PlanDigest digest, String reason) throws SQLException {
        PlanRows.end(tx, digest, PlanRows.VOID, reason);
        append(tx, call, PlanEvents.VOIDED, digest, Map.of("reason", reason));
    }

    private void append(WriteTx tx, Call call, AuditEventType type, PlanDigest digest, Map<String, Object> detail)
            throws SQLException {
        store.audited().audit().append(tx, call.event(type, "plan:" + digest, detail));
    }

    private static Stored existing(ReadTx tx, Call call) throws SQLException {
        Optional<PlanDigest> digest = PlanDigest.parse(call.request().pathParameter("id"));
        Optional<Stored> found = digest.isEmpty() ? Optional.empty() : PlanRows.find(tx, digest.get());
        return found.orElseThrow(
                () -> new ApiRefusal(Kind.NOT_FOUND, "not_found", "There is no plan with this digest."));
    }

    private Map<String, Object> json(ReadTx tx, Stored stored) throws SQLException {
        Plan plan = stored.plan();
        List<Approval> approvals = PlanRows.approvals(tx, plan.digest());
        @Nullable
        VaultCode code = settings.chain() == null ? null : settings.chain().vaultCode();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("digest", plan.digest().text());
        json.put("groups", plan.digest().groups());
        json.put("sentence", PlanSentence.of(plan));
        json.put("status", status(stored, approvals));
        json.put("reason", stored.reason());
        json.put("approvalsNeeded", settings.approvals());
        json.put(
                "findings",
                PlanCheck.of(plan, clock.instant(), code).stream()
                        .map(finding -> Map.of("code", finding.code(), "sentence", finding.sentence()))
                        .toList());
        json.put("approvals", approvals.stream().map(Approval::json).toList());
        json.put("plan", plan.json());
        return json;
    }

    private String status(Stored stored, List<Approval> approvals) {
        Instant now = clock.instant();
        if (!stored.status().equals(PlanRows.OPEN)) {
            return stored.status();
        }
        if (!now.isBefore(stored.plan().expiresAt())) {
            return "EXPIRED";
        }
        try {
            Set<String> persons =
                    settings.approvers().require(stored.plan(), approvals, settings.approvals(), signing, now);
            return persons.isEmpty() ? PlanRows.OPEN : "APPROVED";
        } catch (ApprovalRefused tooFew) {
            return PlanRows.OPEN;
        }
    }
}
