using Agents.Evaluation.Tasks;
using Agents.Evaluation.Tasks.Listing;

namespace Agents.Evaluation.Roles;

/// <summary>
/// Writes about the bare prompts of categories ("name a fruit") instead of the given item: one draw from the true distribution, or a
/// weighted list of it. This is what measurements of answer distributions are trained on.
/// </summary>
public sealed class BareListingWriter : IRoleWriter
{
    private readonly ListingFamily _family;
    private readonly IRoleWriter _inner;

    /// <summary>Creates the writer.</summary>
    /// <param name="family">Supplies the distribution.</param>
    /// <param name="prompt">Name of the prompt; empty for the bare question.</param>
    /// <param name="verbalize">Whether weighted lists are written instead of single answers.</param>
    public BareListingWriter(ListingFamily family, string prompt, bool verbalize)
    {
        ArgumentNullException.ThrowIfNull(family);
        ArgumentNullException.ThrowIfNull(prompt);
        _family = family;
        _inner = verbalize ? new VerbalizeWriter(prompt, RoleNoise.CleanTargets, minimum: 4, maximum: 4, tailShare: 0) : new SolveWriter(prompt, RoleNoise.CleanTargets);
    }

    /// <inheritdoc/>
    public string Role => _inner.Role;

    /// <inheritdoc/>
    public RoleExample Write(ITaskFamily family, TaskItem item, ref SampleStream stream)
    {
        TaskItem bare = _family.CreateBare(stream.Pick(ListingCategories.All), ref stream);
        return _inner.Write(_family, bare, ref stream);
    }
}
