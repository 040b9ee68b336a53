using System.Collections.Immutable;
using Agents.Models.Constraints.Grammars;

namespace Agents.Models.Constraints.Regex;

/// <summary>A part of a regular expression.</summary>
internal abstract record RegexNode
{
    /// <summary>Gets whether the empty text matches.</summary>
    public abstract bool MayBeEmpty { get; }
}

/// <summary>One character of a set.</summary>
/// <param name="Set">The set.</param>
internal sealed record RegexCharacter(CharacterSet Set) : RegexNode
{
    public override bool MayBeEmpty => false;
}

/// <summary>Parts in a row.</summary>
/// <param name="Parts">The parts; none for the empty text.</param>
internal sealed record RegexSequence(ImmutableArray<RegexNode> Parts) : RegexNode
{
    public override bool MayBeEmpty { get; } = Parts.All(part => part.MayBeEmpty);
}

/// <summary>One of several parts.</summary>
/// <param name="Parts">The alternatives, at least one.</param>
internal sealed record RegexChoice(ImmutableArray<RegexNode> Parts) : RegexNode
{
    public override bool MayBeEmpty { get; } = Parts.Any(part => part.MayBeEmpty);
}

/// <summary>A part several times.</summary>
/// <param name="Part">The part.</param>
/// <param name="Minimum">Least times.</param>
/// <param name="Maximum">Most times; null for no limit.</param>
internal sealed record RegexRepetition(RegexNode Part, int Minimum, int? Maximum) : RegexNode
{
    public override bool MayBeEmpty { get; } = Minimum == 0 || Part.MayBeEmpty;

    /// <summary>Repeats a part, in the simplest form that means the same: repetitions of repetitions are where patterns explode.</summary>
    public static RegexNode Of(RegexNode part, int minimum, int? maximum)
    {
        if (maximum == 0)
        {
            return new RegexSequence([]);
        }

        if (minimum == 1 && maximum == 1)
        {
            return part;
        }

        if (part is RegexRepetition { Maximum: null, Minimum: <= 1 } endless)
        {
            return new RegexRepetition(endless.Part, endless.Minimum == 0 ? 0 : minimum, null);
        }

        if (part is RegexRepetition { Minimum: 0, Maximum: { } inner } && !((RegexRepetition)part).Part.MayBeEmpty)
        {
            long most = (long)inner * (maximum ?? 0);
            return new RegexRepetition(((RegexRepetition)part).Part, 0, maximum is null ? null : (int)Math.Min(most, int.MaxValue));
        }

        if (part is RegexChoice choice && choice.Parts.Any(IsEmpty))
        {
            ImmutableArray<RegexNode> rest = choice.Parts.RemoveAll(IsEmpty);
            return rest.IsEmpty ? new RegexSequence([]) : Of(rest.Length == 1 ? rest[0] : new RegexChoice(rest), 0, maximum);
        }

        return new RegexRepetition(part, minimum, maximum);
    }

    private static bool IsEmpty(RegexNode node) => node is RegexSequence { Parts.IsEmpty: true };
}
