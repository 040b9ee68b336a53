using Agents.Evaluation.Tasks;

namespace Agents.Evaluation.Roles;

/// <summary>An endless, seeded stream of training examples over families and roles: example i is a function of (seed, split, i).</summary>
public sealed class RoleMixture
{
    /// <summary>Sets the streams of roles apart from those of items with the same seed.</summary>
    private const ulong RoleKey = 0x726F6C6573;

    private readonly RoleShare[] _shares;
    private readonly double[] _weights;

    /// <summary>Creates a mixture.</summary>
    /// <param name="shares">Its parts, at least one.</param>
    public RoleMixture(IReadOnlyList<RoleShare> shares)
    {
        ArgumentNullException.ThrowIfNull(shares);
        if (shares.Count == 0 || shares.Any(share => !(share.Weight > 0) || !double.IsFinite(share.Weight)))
        {
            throw new ArgumentException("A mixture needs at least one part, and all weights must be positive and finite.", nameof(shares));
        }

        _shares = [.. shares];
        _weights = [.. shares.Select(share => share.Weight)];
    }

    /// <summary>Creates the mixture of all families and all roles, in which plain solving has the given weight and every other role weight one.</summary>
    /// <param name="solveWeight">Weight of solving.</param>
    /// <param name="noise">How imperfect the data is, or null for the defaults.</param>
    /// <param name="prompts">Names of the prompts, or null for those of the built-in strategies.</param>
    public static RoleMixture OfEverything(double solveWeight = 8, RoleNoise? noise = null, RolePrompts? prompts = null)
    {
        IReadOnlyList<IRoleWriter> writers = RoleWriters.Create(noise, prompts);
        return new RoleMixture([.. TaskFamilies.All.SelectMany(family => writers.Select(writer =>
            new RoleShare(family, writer, writer.Role == RoleNames.Solve ? solveWeight : 1)))]);
    }

    /// <summary>Writes one example.</summary>
    /// <param name="split">The split that its item belongs to.</param>
    /// <param name="index">Index of the example, from 0.</param>
    /// <param name="seed">Seed of the mixture.</param>
    public RoleExample Create(TaskSplit split, long index, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        var stream = new SampleStream(seed ^ RoleKey, (ulong)index, (ulong)split);
        RoleShare share = _shares[stream.PickWeighted(_weights)];
        return share.Writer.Write(share.Family, share.Family.Create(split, index, seed), ref stream);
    }
}
