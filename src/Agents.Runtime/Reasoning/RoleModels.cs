using Agents.Reasoning;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Reasoning;

/// <summary>Which model plays which role. A role without a binding uses the default model.</summary>
/// <param name="Default">The model of all unbound roles.</param>
public sealed record RoleModels(RoleModel Default)
{
    /// <summary>Gets the bindings by role name.</summary>
    public IReadOnlyDictionary<string, RoleModel> Roles { get; init; } = new Dictionary<string, RoleModel>();

    /// <summary>Creates a table in which one client plays all roles.</summary>
    /// <param name="client">The client.</param>
    /// <param name="name">The model's name; null asks the client.</param>
    public static RoleModels Single(IChatClient client, string? name = null) => new(new RoleModel(client) { Name = name });

    /// <summary>Returns the model of a role.</summary>
    /// <param name="role">Role name, for example <see cref="ModelRoles.Verifier"/>.</param>
    public RoleModel For(string role) => Roles.TryGetValue(role, out RoleModel? model) ? model : Default;
}
