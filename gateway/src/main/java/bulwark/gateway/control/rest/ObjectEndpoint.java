package bulwark.gateway.control.rest;

import bulwark.gateway.control.rest.ControlOperation.CallHandler;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.ObjectFilter;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.control.state.ObjectPage;
import bulwark.gateway.control.state.TenantChange;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.web.Response;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * What resources of every kind do alike, with objects of the call's tenant: list, show, change, delete, and take from one state to another. Immutable.
 *
 * @param view what answers show of an object
 */
public record ObjectEndpoint(ControlStore store, ObjectKind kind, Function<ControlObject, Map<String, Object>> view) {
    /** The object after a change; may refuse. */
    @FunctionalInterface
    public interface ObjectChange {
        ControlObject apply(TenantChange change, ControlObject before) throws SQLException;
    }

    /** Looks at an object that is about to be deleted; may refuse, and may delete what belongs to it. */
    @FunctionalInterface
    public interface DeletionCheck {
        void check(TenantChange change, ControlObject object) throws SQLException;
    }

    /** A page of them, of one state where the query names one. */
    public Response page(ControlCall call) {
        ObjectFilter filter = new ObjectFilter(call.query("status").orElse(null), null);
        ObjectPage page = store.read(call.scope(), tx -> tx.page(kind, filter, call.page()));
        return Response.json(200, page.members(view));
    }

    /** The one that the path names. @throws bulwark.web.ApiRefusal when there is none in this tenant */
    public ControlObject find(ControlCall call) {
        return store.read(call.scope(), tx -> tx.require(kind, call.path("id")));
    }

    public Response show(ControlCall call) {
        return Response.json(200, view.apply(find(call)));
    }

    /** Changes the one that the path names. */
    public Response update(ControlCall call, AuditEventType event, ObjectChange next) {
        ControlObject changed = store.change(
                call.scope(),
                call.actor(),
                event,
                change -> change.update(next.apply(change, change.require(kind, call.path("id")))));
        return Response.json(200, view.apply(changed));
    }

    /** As above, with the fields of the body as they are. */
    public Response update(ControlCall call, AuditEventType event) {
        return update(call, event, (change, before) -> before.withFields(call.body()));
    }

    /** Takes the one that the path names to another state. @param from states that it may be in */
    public CallHandler transition(AuditEventType event, String to, Set<String> from) {
        return call -> update(call, event, (change, before) -> before.become(to, from));
    }

    public Response delete(ControlCall call, AuditEventType event, DeletionCheck check) {
        store.change(call.scope(), call.actor(), event, change -> {
            ControlObject object = change.require(kind, call.path("id"));
            check.check(change, object);
            change.delete(object);
            return true;
        });
        return Response.noContent();
    }

    /** As above, whatever it is. */
    public Response delete(ControlCall call, AuditEventType event) {
        return delete(call, event, (change, object) -> {});
    }
}
