using System.Text.Json;
using Agents.Models.Constraints.Grammars;

namespace Agents.Models.Constraints.Json;

/// <summary>Turns alternatives of fixed texts and schemas into grammars.</summary>
internal static class AlternativesCompiler
{
    /// <summary>Compiles alternatives.</summary>
    /// <param name="text">Text of a constraint that <see cref="OutputConstraint.Alternatives"/> made.</param>
    /// <exception cref="ConstraintException">The text is damaged, or a schema cannot be compiled.</exception>
    public static Grammar Compile(string text)
    {
        GrammarBuilder builder = new();
        builder.AddRule("the alternatives", out GrammarRule root);
        foreach (OutputPart[] alternative in Read(text))
        {
            int at = builder.AddState();
            builder.AddEmpty(root.Start, at);
            foreach (OutputPart part in alternative)
            {
                if (part.IsSchema)
                {
                    int behind = builder.AddState();
                    JsonSchemaCompiler.AddTo(builder, part.Text, at, behind);
                    at = behind;
                }
                else
                {
                    at = builder.AddText(at, part.Text);
                }
            }

            builder.AddEmpty(at, root.End);
        }

        return builder.Build();
    }

    private static OutputPart[][] Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<OutputPart[][]>(text) is { } read && Array.TrueForAll(read, alternative => alternative is not null && Array.TrueForAll(alternative, part => part?.Text is not null))
                ? read
                : throw new ConstraintException("The alternatives have holes; make them with OutputConstraint.Alternatives.");
        }
        catch (JsonException error)
        {
            throw new ConstraintException($"The alternatives are damaged; make them with OutputConstraint.Alternatives: {error.Message}", error);
        }
    }
}
