using Agents.Models.Constraints.Grammars;

namespace Agents.Models.Constraints.Regex;

/// <summary>Turns regular expressions into grammars.</summary>
internal static class RegexCompiler
{
    /// <summary>Compiles a pattern that must match the whole text.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <exception cref="ConstraintException">The pattern is damaged, too large, or uses something that is not supported.</exception>
    public static Grammar Compile(string pattern)
    {
        RegexNode node = RegexParser.Parse(pattern, search: false);
        GrammarBuilder builder = new();
        builder.AddRule("the pattern", out GrammarRule rule);
        Add(builder, node, rule.Start, rule.End, static (target, from, set, to) => target.AddCharacter(from, set, to));
        return builder.Build();
    }

    /// <summary>Adds an expression between two states.</summary>
    /// <param name="builder">Receives it.</param>
    /// <param name="node">The expression.</param>
    /// <param name="from">State before.</param>
    /// <param name="to">State behind.</param>
    /// <param name="addCharacter">Adds one character of a set, in whatever way it is written there.</param>
    public static void Add(GrammarBuilder builder, RegexNode node, int from, int to, Action<GrammarBuilder, int, CharacterSet, int> addCharacter)
    {
        switch (node)
        {
            case RegexCharacter character:
                addCharacter(builder, from, character.Set, to);
                break;
            case RegexSequence sequence:
                int at = from;
                foreach (RegexNode part in sequence.Parts)
                {
                    int next = builder.AddState();
                    Add(builder, part, at, next, addCharacter);
                    at = next;
                }

                builder.AddEmpty(at, to);
                break;
            case RegexChoice choice:
                foreach (RegexNode part in choice.Parts)
                {
                    int start = builder.AddState();
                    builder.AddEmpty(from, start);
                    Add(builder, part, start, to, addCharacter);
                }

                break;
            case RegexRepetition repetition:
                int after = builder.AddRepetition(
                    from, repetition.Minimum, repetition.Maximum, (before, behind) => Add(builder, repetition.Part, before, behind, addCharacter), repetition.Part.MayBeEmpty);
                builder.AddEmpty(after, to);
                break;
            default:
                throw new InvalidOperationException($"The expression has a part of kind {node.GetType().Name}, which nothing compiles.");
        }
    }
}
