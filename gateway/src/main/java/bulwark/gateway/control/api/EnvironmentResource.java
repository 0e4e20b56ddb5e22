package bulwark.gateway.control.api;

import bulwark.gateway.control.rest.ControlCall;
import bulwark.gateway.control.rest.ControlOperation;
import bulwark.gateway.control.schema.BodySchema;
import bulwark.gateway.control.state.ControlEvent;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.control.state.ObjectRefused;
import bulwark.gateway.permission.Permission;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.web.Response;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/** {@code /v1/environments}, and which of them an API is deployed to. */
public final class EnvironmentResource {
    private static final AuditEventType PROMOTED = ControlEvent.of(
            "api_promoted", "an API was deployed to an environment: its gateways serve it", "environment");
    private static final AuditEventType WITHDRAWN = ControlEvent.of(
            "api_withdrawn", "an API was withdrawn from an environment: its gateways serve it no more", "environment");

    public static final List<AuditEventType> EVENTS = List.of(PROMOTED, WITHDRAWN);

    private static final String ENVIRONMENT = "environment";
    private static final BodySchema VIEW =
            BodySchema.of("Environment").text("name", 20).choice("mode", "full", "read_only");
    private static final BodySchema LIST = BodySchema.of("Environments").objects("items", 10, VIEW);
    private static final BodySchema TARGET = BodySchema.of("DeploymentTarget")
            .requiredChoice(ENVIRONMENT, DeploymentEnvironment.NAMES.toArray(String[]::new));
    private static final BodySchema DEPLOYED =
            BodySchema.of("Deployment").text("api_id", 64).text("status", 40).texts(DeploymentEnvironment.FIELD, 10);

    private final ControlStore store;

    public EnvironmentResource(ControlStore store) {
        this.store = store;
    }

    public List<ControlOperation> operations() {
        return List.of(
                ControlOperation.permitted(
                                "GET",
                                "/v1/environments",
                                Permission.APIS_READ,
                                "List the environments, and who may write.")
                        .answers(200, LIST)
                        .handledBy(call -> Response.json(200, Map.of("items", environments()))),
                moved("promote", PROMOTED, true, "Deploy a published API to an environment."),
                moved("withdraw", WITHDRAWN, false, "Withdraw an API from an environment."));
    }

    private static List<Map<String, Object>> environments() {
        return Stream.of(DeploymentEnvironment.values())
                .map(each ->
                        VIEW.view(Map.of("name", each.wireName(), "mode", each.isReadOnly() ? "read_only" : "full")))
                .toList();
    }

    private ControlOperation moved(String verb, AuditEventType event, boolean deploys, String summary) {
        return ControlOperation.permitted(
                        "POST", "/v1/tenants/{tenant}/apis/{id}/" + verb, Permission.APIS_PROMOTE, summary)
                .takes(TARGET)
                .conflicts()
                .answers(200, DEPLOYED)
                .handledBy(call -> move(call, event, deploys));
    }

    private Response move(ControlCall call, AuditEventType event, boolean deploys) {
        String environment = call.text(ENVIRONMENT);
        DeploymentEnvironment.named(environment).checkWritable(call);
        ControlObject changed = store.change(call.scope(), call.actor(), event, change -> {
            ControlObject api = change.require(ObjectKind.API, call.path("id"));
            if (!api.isIn("published", "deprecated")) {
                throw ObjectRefused.transition("The API is " + api.state() + "; publish it first.");
            }
            TreeSet<String> now = new TreeSet<>(DeploymentEnvironment.of(api));
            boolean isChanged = deploys ? now.add(environment) : now.remove(environment);
            if (!isChanged) {
                throw ObjectRefused.transition(
                        "The API is " + (deploys ? "in " : "not in ") + environment + " already.");
            }
            if (now.isEmpty()) {
                throw ObjectRefused.transition("It is the only environment of the API; retire the API instead.");
            }
            change.note(ENVIRONMENT, environment);
            return change.update(api.with(DeploymentEnvironment.FIELD, List.copyOf(now)));
        });
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("api_id", changed.id());
        answer.put("status", changed.state());
        answer.put(DeploymentEnvironment.FIELD, DeploymentEnvironment.of(changed));
        return Response.json(200, answer);
    }
}
