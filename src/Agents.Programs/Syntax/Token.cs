namespace Agents.Programs.Syntax;

internal enum TokenKind
{
    Name,
    Number,
    Word,
    Symbol,
    End,
}

/// <summary>A token and where it stands in the source.</summary>
internal readonly record struct Token(TokenKind Kind, string Text, int Start)
{
    public bool Is(string text) => Kind is TokenKind.Word or TokenKind.Symbol && Text == text;
}
