from __future__ import annotations

import pytest

from intake_bot.mail.machines.absence import is_absence_notice, is_automatic_by_its_words, is_confirmation


@pytest.mark.parametrize(
    "text",
    [
        "您好，我正在休假，6月1日回来后回复您，急事请打办公室电话。",
        "我这几天外出，回来再看邮件。",
        "本人休年假至5月20日，期间无法及时处理邮件，如有急事请致电13800000000。",
        "你好，我出差在外，返回后尽快回复您。",
        "我现在不在办公室，稍后回复。紧急事项请联系李老师。",
        "我正在外地休假，周一返回后逐一处理，如有急事请联系办公室值班同志。",
        "您好！本人因公外出培训，不便查看邮箱，回校后会第一时间回复。",
        "因产假暂时无法回复邮件，请直接联系王老师 0393-8991718。",
        "I am out of the office until 1 June and will answer when I am back.",
        "Thank you for your message. I am on annual leave and will reply after 20 May.",
        "I'm currently away from my desk with limited access to email. For urgent matters please contact Li.",
        "I am travelling on a business trip. I will get back to you as soon as possible.",
        "I'm out of the office from 15 May through 22 May. If you need immediate assistance, call 8991718.",
        "您好，我目前在产假中，工作由李老师接手，请发至 li@school.example.edu.cn。",
        "您好，因近期外出开会，回复可能会有延迟，敬请谅解！",
        "正在度假，回来联系您。",
        "我已于5月1日起休年假，6月初返岗，届时回复。",
        "抱歉，我正在外面开会，不便回复，晚点联系您。",
        "本人现因病住院，工作由张主任负责，请与其联系：0393-8991718",
        "您好，我正在上课，下课后回复您。",
        "假期愉快！我将在假期结束后处理您的邮件。",
        "您好，我已调离原单位，请联系王老师。",
        "Hi, I'm on holiday this week and back in the office on Monday 22 May.",
        "I am at a conference and checking email infrequently.",
        "Thanks for your mail. I'm away until Friday, so expect a delay in my response.",
        "您好，我在休病假，暂时无法处理邮件，6月5日恢复上班。",
        "本邮箱已停用，请将邮件发送至新邮箱 new@school.example.edu.cn。",
        "我已退休，不再查看此邮箱。",
        "I no longer work at this school. Please write to office@school.example.edu.cn.",
    ],
)
def test_words_of_an_absent_person_are_an_absence_notice(text: str) -> None:
    assert is_absence_notice(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "谢谢，收到。",
        "老师，我这几天出差，回来后再补发照片。",
        "我正在休假，材料由李老师报送，请直接联系他。",
        "我在外地出差，能否6月1日回来后再报？",
        "学生外出参观实训基地，返回后座谈。附件是活动情况。",
        "原邮箱已停用，材料改由这个邮箱报送。",
        "我休产假，今后由李老师负责报送。",
        "新邮箱是 new@school.example.edu.cn。",
        "王老师已调离，今后请联系李老师。",
        "假期期间学生到企业实习。",
        "学生正在上课。",
        "请问休假期间还收材料吗？急事请联系我。",
        "我出差了。",
        "请尽快回复。",
        "外出实践的学生回来后谈了体会。" * 40,
    ],
)
def test_words_that_ask_or_bring_are_no_absence_notice(text: str) -> None:
    assert not is_absence_notice(text)


@pytest.mark.parametrize(
    "text",
    [
        "我已收到您的邮件，会尽快处理。",
        "已收到您的来信。",
        "您提交的内容已由系统处理。",
        "您好，您的来信我们已收到，我们会尽快与您联系。",
        "您好，您发给我的信件已经收到。这是一封自动回复邮件。",
        "您发来的邮件已收到，会尽快处理。",
        "Your message has been received.",
    ],
)
def test_words_that_confirm_an_arrival_are_a_confirmation(text: str) -> None:
    assert is_confirmation(text)


@pytest.mark.parametrize(
    "text",
    [
        "已收到您的来信，照片重发，请查收。",
        "收到您的邮件，请问照片要几张？",
        "照片已发送。",
        "您好，我校活动照片见附件。",
        "",
    ],
)
def test_words_that_go_on_are_no_confirmation(text: str) -> None:
    assert not is_confirmation(text)


@pytest.mark.parametrize(
    "text",
    [
        "This mailbox is not monitored. Please do not reply.",
        "This inbox is unmonitored.",
        "您好，您发给我的信件已经收到。这是一封自动回复邮件。",
        "此邮件为系统自动回复，请勿直接回信。",
        "本邮件由系统自动发送。",
        "您好！这是自动回复，我已收到您的邮件。",
        "This is an automated response. Your message has been received.",
        "感谢您的来信，我们已收到您的邮件，将在1个工作日内回复。",
        "I have received your email and will reply soon.",
        "您好！您的来信我已收到，我会在最短时间内给您答复。",
        "Your message has been received. We will get back to you within two business days.",
    ],
)
def test_words_that_name_a_program_are_automatic(text: str) -> None:
    assert is_automatic_by_its_words(text)


@pytest.mark.parametrize(
    "text",
    [
        "收到了你们的自动回复，请问照片要几张？",
        "你们的系统自动回复说没有附件，现重新发送，请查收附件。",
        "我校开展了自动控制实训展示。",
        "谢谢，收到。",
        "",
        "您的邮件已收到，照片两个工作日内补发。",
        "请在三天内答复。",
    ],
)
def test_words_of_a_person_are_not_automatic(text: str) -> None:
    assert not is_automatic_by_its_words(text)
