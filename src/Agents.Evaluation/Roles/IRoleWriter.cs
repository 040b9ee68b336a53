using Agents.Evaluation.Tasks;

namespace Agents.Evaluation.Roles;

/// <summary>Writes training examples of one role over any family. Pure: an example depends on item and stream alone.</summary>
public interface IRoleWriter
{
    /// <summary>Gets the role.</summary>
    string Role { get; }

    /// <summary>Returns whether the role makes sense for a family: roles about programs need programs.</summary>
    /// <param name="family">The family.</param>
    /// <returns>True unless a writer says otherwise.</returns>
    bool Serves(ITaskFamily family) => true;

    /// <summary>Writes an example.</summary>
    /// <param name="family">The family that drew the item.</param>
    /// <param name="item">The item.</param>
    /// <param name="stream">Decides corruptions and order.</param>
    RoleExample Write(ITaskFamily family, TaskItem item, ref SampleStream stream);
}
