using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Agents.CodeRunner.Compilation;

/// <summary>Finds out which function a call calls.</summary>
internal static class CallName
{
    /// <summary>Returns the name; null when the text is no call.</summary>
    /// <param name="call">Source text.</param>
    public static string? Of(string call) => SyntaxFactory.ParseExpression(call) is not InvocationExpressionSyntax invocation ? null : invocation.Expression switch
    {
        SimpleNameSyntax name => name.Identifier.Text,
        MemberAccessExpressionSyntax member => member.Name.Identifier.Text,
        _ => null,
    };
}
