export default {
  title: '证书查验', intro: '扫描证书上的二维码，或粘贴二维码中的文字。普通手机相机也可以直接扫。', scan: '扫码查验', stop: '停止', paste: '粘贴二维码文字或链接', check: '查验', another: '再查一张', checking: '正在核验', camera: '打不开相机，请允许使用相机，或粘贴二维码文字。',
  word: { genuine: '真实有效', expired: '已过期', superseded: '已被取代', revoked: '已撤销', forged: '不是真的', unknown: '查无此证', undecided: '暂时不能判断' },
  why: { genuine: '签名由本平台的密钥签出，内容未被改动。', expired: '证书是真的，但有效期已过。', superseded: '证书是真的，但已换发新证书。', revoked: '发证机构已撤销这张证书。', forged: '内容与签名不符：这张证书没有被任何登记机构签发，或被改动过。', unknown: '这不是本平台的证书，无法判断真伪。', undecided: '本机没有签名密钥，请连上网络后再查验一次。' },
  next: { genuine: '请核对持证人姓名；需要时可请其出示身份证件。', expired: '请持证人向发证机构更新证书。', superseded: '请查验新证书。', revoked: '请勿采信。如有异议，持证人可向发证机构或民政部门申诉。', forged: '请保留原件并向民政部门举报。', unknown: '请核对二维码；如证书由其他机构签发，请到该机构查询。', undecided: '连上网络后，以后断网也能查验。' },
  holder: '持证人', certificate: '证书', subject: '内容', level: '等级', minutes: '学时', issuer: '发证机构', issuedOn: '发证日期', expiresOn: '有效期至', number: '编号', nMinutes: '{n} 分钟', nHours: '{n} 课时', family: { 1: '培训合格证书', 2: '在岗培训合格证书', 3: '获奖证书', 4: '荣誉证书', 5: '职业技能等级证书', 6: '国家职业资格证书' } as Record<string, string>, levels: { 1: '一级 / 高级技师', 2: '二级 / 技师', 3: '三级 / 高级工', 4: '四级 / 中级工', 5: '五级 / 初级工' } as Record<string, string>,
  online: '状态截至 {at} · 在线核验', listed: '状态截至 {at} · 断网核验', unlisted: '断网核验：签名已核验，状态未核验，请联网后再查', local: '签名已在本机核验', log: '签发日志证明', footer: '仅显示证书载明的事实，姓名已遮盖。断网时仍可核验签名，状态以上次更新为准。', other: 'English',
}
